using System.IO.Pipelines;
using Hutch.Formats.Hdf5;

namespace Hutch.Formats.Hdf5Content;

/// <summary>
/// One process that reads HDF5 files without file access of its own: it asks for ranges and receives them from the files that one question
/// may read. It may crash, hang or run out of memory without harm; the next question starts another.
/// </summary>
/// <remarks>For one caller at a time. The caller disposes the answer before the next question.</remarks>
public sealed class ContentProcess : IAsyncDisposable
{
    private const int MaxNumbers = 1024;
    private const int DiscardBytes = 64 << 10;
    private static readonly TimeSpan TimeToSettle = TimeSpan.FromSeconds(1);

    private readonly ReaderChild _child;
    private readonly Hdf5ReaderOptions _options;
    private readonly TimeProvider _time;
    private readonly Dictionary<(string Path, string Version), int> _numbers = [];
    private readonly List<ReadableFile> _files = [];

    /// <summary>Prepares; the process starts with the first question.</summary>
    public ContentProcess(ReaderCommand command, Hdf5ReaderOptions options, TimeProvider time)
    {
        _child = new ReaderChild(command, options);
        _options = options;
        _time = time;
    }

    /// <summary>The process, while one runs: for tests and monitoring.</summary>
    public int? ProcessId => _child.Id;

    /// <summary>Asks a question. Where it is cancelled, the reading ends, and the process is fit for the next one.</summary>
    public async Task<Result<ContentAnswer>> RequestAsync(ContentRequest request, IReadableFiles files, CancellationToken ct)
    {
        TimeSpan longest = TimeSpan.FromSeconds(Math.Min(_options.RequestTimeout.TotalSeconds, request.MaxSeconds));
        using var timer = new CancellationTokenSource(longest, _time);
        var exchange = new Exchange(files);
        Task<(ContentMessage Message, int Bytes)>? next = null;
        try
        {
            Renew();
            ReaderProtocol.Write(_child.Input, request, ContentJson.Default.ContentRequest, default);
            while (true)
            {
                next = ReadAsync(timer.Token);
                (ContentMessage message, int bytes) = await next.WaitAsync(ct);
                next = null;
                if (message.IsAnswer)
                {
                    return message.Failure is { } failure ? exchange.Refusal ?? failure.ToError() : new ContentAnswer(this, bytes);
                }

                await ServeAsync(message, exchange, timer.Token, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await DrainAsync(next);
            throw;
        }
        catch (OperationCanceledException)
        {
            _child.End();
            return ReaderChild.TookTooLong(request.File, longest);
        }
        catch (HutchException e)
        {
            // Bytes were missing in the middle of a range: the process waits for the rest of it.
            _child.End();
            return e.Error;
        }
        catch (Exception e) when (ReaderChild.IsDeath(e))
        {
            return _child.CreateDeathError(request.File, e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _child.End();
        return ValueTask.CompletedTask;
    }

    internal async Task<int> ReadAnswerAsync(Memory<byte> buffer, CancellationToken ct)
    {
        int read = await _child.Output.ReadAsync(buffer, ct);
        return read > 0 ? read : throw new EndOfStreamException("The HDF5 reader stopped in the middle of its answer.");
    }

    internal async ValueTask EndAnswerAsync(int bytes, CancellationToken ct)
    {
        if (bytes == 0)
        {
            return;
        }

        using var timer = new CancellationTokenSource(TimeToSettle, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            await DiscardAsync(bytes, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException || ReaderChild.IsDeath(e))
        {
            _child.End();
        }
    }

    private async Task DiscardAsync(int bytes, CancellationToken ct)
    {
        byte[] buffer = new byte[DiscardBytes];
        while (bytes > 0)
        {
            bytes -= await ReadAnswerAsync(buffer.AsMemory(0, Math.Min(buffer.Length, bytes)), ct);
        }
    }

    private Task<(ContentMessage Message, int Bytes)> ReadAsync(CancellationToken ct) =>
        ReaderProtocol.ReadHeadAsync(_child.Output, ContentJson.Default.ContentMessage, _options.MaxPayloadBytes, ct);

    /// <summary>Starts the process if none runs. A new one knows no numbers of files; one that knows too many is replaced.</summary>
    private void Renew()
    {
        if (_files.Count > MaxNumbers)
        {
            _child.End();
        }

        if (_child.Id is null)
        {
            _numbers.Clear();
            _files.Clear();
            _child.Start();
        }
    }

    private async Task ServeAsync(ContentMessage message, Exchange exchange, CancellationToken timeout, CancellationToken ct)
    {
        if (message.Open is { } path)
        {
            Reply(await OpenAsync(path, exchange, ct), 0);
            return;
        }

        WantedRange range = message.Read!;
        if ((uint)range.Number >= (uint)_files.Count || !range.IsIn(_files[range.Number].Bytes))
        {
            throw new InvalidDataException("The HDF5 reader wants bytes that do not exist.");
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout, ct);
        Reply(new StoreReply(), range.Length * range.Count);
        var writer = PipeWriter.Create(_child.Input, new StreamPipeWriterOptions(leaveOpen: true));
        for (int i = 0; i < range.Count; i++)
        {
            await _files[range.Number].CopyToAsync(writer, range.Offset + (i * range.Distance), range.Length, either.Token);
        }

        await writer.CompleteAsync();
    }

    private async Task<StoreReply> OpenAsync(string path, Exchange exchange, CancellationToken ct)
    {
        Result<ReadableFile> opened = await exchange.Files.OpenAsync(path, ct);
        if (!opened.TryGet(out ReadableFile? file, out HutchError? error))
        {
            // A broken link is ordinary; other errors go to the caller.
            exchange.Refusal ??= error.Code == ErrorCode.NotFound || error.Code == ErrorCode.InvalidPath ? null : error;
            return new StoreReply();
        }

        if (!_numbers.TryGetValue((path, file.Version), out int number))
        {
            number = _files.Count;
            _numbers.Add((path, file.Version), number);
            _files.Add(file);
        }

        _files[number] = file;
        return new StoreReply { Number = number, Bytes = file.Bytes };
    }

    private void Reply(StoreReply reply, int payloadBytes) =>
        _child.Input.Write(ReaderProtocol.Head(reply, ContentJson.Default.StoreReply, payloadBytes));

    /// <summary>
    /// Lets the process finish a question whose answer is no longer wanted: it gets no more bytes. The process is killed in the middle of a
    /// range, and when it does not finish soon.
    /// </summary>
    private async Task DrainAsync(Task<(ContentMessage Message, int Bytes)>? next)
    {
        if (next is null)
        {
            _child.End();
            return;
        }

        using var limit = new CancellationTokenSource(TimeToSettle, _time);
        try
        {
            (ContentMessage message, int bytes) = await next.WaitAsync(limit.Token);
            while (!message.IsAnswer)
            {
                Reply(new StoreReply { IsAborted = true }, 0);
                (message, bytes) = await ReadAsync(limit.Token);
            }

            await DiscardAsync(bytes, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException || ReaderChild.IsDeath(e))
        {
            _child.End();
        }
    }

    private sealed class Exchange(IReadableFiles files)
    {
        public IReadableFiles Files => files;

        /// <summary>The reason why a file could not be opened, except that it does not exist.</summary>
        public HutchError? Refusal { get; set; }
    }
}
