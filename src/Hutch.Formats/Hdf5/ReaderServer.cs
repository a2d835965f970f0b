using Hutch.Formats.Native;
using Hutch.Formats.NxMx;

namespace Hutch.Formats.Hdf5;

/// <summary>Answers requests about one master at a time. Every refusal becomes a reply; the process lives on.</summary>
internal sealed class ReaderServer : IDisposable
{
    private Hdf5Session? _session;
    private string _path = "";
    private byte[] _buffer = [];

    /// <summary>Answers one request. The payload is valid until the next.</summary>
    public (ReaderReply Reply, ReadOnlyMemory<byte> Payload) Answer(ReaderRequest request)
    {
        try
        {
            lock (Hdf5Library.Gate)
            {
                return request.Operation switch
                {
                    ReaderOperation.Open => Open(request),
                    ReaderOperation.Frame => Frame(request),
                    ReaderOperation.Array => Array(request),
                    _ => Close(),
                };
            }
        }
        catch (Exception e) when (ErrorOf(e) is { } error)
        {
            return (new ReaderReply { Failure = ReaderFailure.From(error) }, default);
        }
    }

    public void Dispose() => _session?.Dispose();

    private (ReaderReply Reply, ReadOnlyMemory<byte> Payload) Open(ReaderRequest request)
    {
        Close();
        _path = request.Path ?? throw ErrorCode.BadRequest.With("There is no path to open.").ToException();
        _session = Hdf5Session.Open(_path, request.Roots ?? [], request.IsLive);
        return (new ReaderReply { Series = _session.Description }, default);
    }

    private (ReaderReply Reply, ReadOnlyMemory<byte> Payload) Frame(ReaderRequest request)
    {
        Hdf5Session session = Session();
        if ((uint)request.Image >= (uint)session.Description.Images || (uint)request.Channel >= (uint)session.Description.Channels.Count)
        {
            throw ErrorCode.NotFound.With($"There is no frame {request.Image + 1} in {Path.GetFileName(_path)}.").ToException();
        }

        (int length, Frames.FrameCodec codec, uint mask) = session.ReadFrame(request.Image, request.Channel, ref _buffer);
        return (new ReaderReply { Codec = codec, FilterMask = mask, Missing = length < 0 }, _buffer.AsMemory(0, Math.Max(length, 0)));
    }

    private (ReaderReply Reply, ReadOnlyMemory<byte> Payload) Array(ReaderRequest request)
    {
        SeriesArray array = request.Array ?? throw ErrorCode.BadRequest.With("There is no array to read.").ToException();
        return (new ReaderReply(), Session().ReadArray(array));
    }

    private (ReaderReply Reply, ReadOnlyMemory<byte> Payload) Close()
    {
        _session?.Dispose();
        _session = null;
        return (new ReaderReply(), default);
    }

    private Hdf5Session Session() => _session ?? throw ErrorCode.BadRequest.With("No master is open.").ToException();

    private HutchError? ErrorOf(Exception e) => e switch
    {
        HutchException refusal => refusal.Error,
        MissingFileException { Refusal: { } refusal } => refusal,
        MissingFileException missing => Unreadable.Error(
            missing.Message, missing.MissingPath, "Copy the file to that place; if it is still being written, wait until it is there."),
        Hdf5Exception failure => Unreadable.FromLibrary(failure.Reason, _path),
        OutOfMemoryException => ErrorCode.UnreadableFile.With(
            $"{Path.GetFileName(_path)} needs more memory than a reader may use. The file may be damaged.", "file", _path),
        OverflowException => ErrorCode.UnreadableFile.With(
            $"{Path.GetFileName(_path)} has impossible sizes. The file is damaged.", "file", _path),
        _ => null,
    };
}
