using Hutch.Disk;
using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>
/// The process in which libhdf5 meets files of the store. It is given questions on standard input, asks for the ranges that it needs on
/// standard output, and answers there. The hidden verb <c>hutch hdf5-content</c> runs it.
/// </summary>
public static class ContentHost
{
    /// <summary>Answers until <paramref name="input"/> ends. Limits the whole process it runs in. Returns the exit code.</summary>
    public static int Run(Stream input, Stream output)
    {
        SkiaLibrary.Load();
        TimeSpan cpuTime = Hdf5ReaderHost.LimitProcess();
        PackedChunks.Register();
        using var reader = new ContentReader(new RequestedFiles(input, output));
        while (ReaderProtocol.Read(input, ContentJson.Default.ContentRequest) is { } request)
        {
            ProcessLimits.AllowCpuTime(cpuTime);
            Result<ReadOnlyMemory<byte>> answer = reader.Answer(request);
            var message = new ContentMessage { Failure = answer.IsOk ? null : ReaderFailure.From(answer.Error) };
            ReaderProtocol.Write(output, message, ContentJson.Default.ContentMessage, answer.IsOk ? answer.Value.Span : default);
        }

        return 0;
    }

    private sealed class RequestedFiles(Stream input, Stream output) : IFileRanges
    {
        public NumberedFile? Open(string path)
        {
            StoreReply reply = Ask(new ContentMessage { Open = path }, default);
            return reply.Number is { } number ? new NumberedFile(number, reply.Bytes) : null;
        }

        public void Read(int number, long offset, Span<byte> destination) =>
            Ask(new ContentMessage { Read = new WantedRange(number, offset, destination.Length) }, destination);

        public void Read(int number, long offset, long distance, int count, Span<byte> destination) =>
            Ask(new ContentMessage { Read = new WantedRange(number, offset, destination.Length / count, count, distance) }, destination);

        private StoreReply Ask(ContentMessage message, Span<byte> destination)
        {
            ReaderProtocol.Write(output, message, ContentJson.Default.ContentMessage, default);
            StoreReply reply = ReaderProtocol.Read(input, ContentJson.Default.StoreReply, destination)
                ?? throw new EndOfStreamException();
            return reply.IsAborted ? throw new IOException("The request was cancelled.") : reply;
        }
    }
}
