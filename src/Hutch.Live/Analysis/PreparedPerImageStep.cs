using System.Buffers;
using System.Collections.Concurrent;
using Hutch.Analysis;
using Hutch.Formats.Frames;
using Hutch.Formats.Ingest;
using Hutch.Formats.NxMx;
using Hutch.Model;
using Hutch.Site.Runs;

namespace Hutch.Live.Analysis;

/// <summary>Per-image analysis of the frames of one run; analysers are kept and used again, one a thread.</summary>
internal sealed class PreparedPerImageStep : IPreparedStep
{
    private readonly FrameHeader _header;
    private readonly Func<FrameAnalyser> _create;
    private readonly ConcurrentBag<FrameAnalyser> _idle;

    public PreparedPerImageStep(FrameHeader header, FrameAnalyser first, Func<FrameAnalyser> create)
    {
        _header = header;
        _create = create;
        _idle = [first];
    }

    public void Process(StoredFrame frame, ReadOnlySpan<byte> chunk, IBufferWriter<byte> row)
    {
        FrameAnalyser analyser = _idle.TryTake(out FrameAnalyser? idle) ? idle : _create();
        Result<(FrameCodec Codec, uint FilterMask)> encoding = FrameEntry.Encoding(_header, frame.Entry.UserMetadata);
        Result<ImageResult> result = encoding.IsOk
            ? analyser.Analyse(chunk, encoding.Value.Codec, encoding.Value.FilterMask, frame.Number)
            : encoding.Error;

        // Not given back when it threw: nobody knows what state it is in.
        _idle.Add(analyser);
        if (result.IsOk)
        {
            result.Value.WriteJson(row);
        }
        else
        {
            ErrorRow.Write(frame, result.Error.Message, row);
        }
    }
}
