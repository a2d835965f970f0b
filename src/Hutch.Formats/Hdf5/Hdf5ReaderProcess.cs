using System.Buffers;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// Reads HDF5 files through a separate process, which may crash, hang or run out of memory on a bad file without harm: the call
/// is refused with a clear error, and the next call starts a new process. Calls wait for each other.
/// </summary>
internal sealed class Hdf5ReaderProcess : IAsyncDisposable
{
    private readonly ReaderChild _child;
    private readonly Hdf5ReaderOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private string? _openPath;
    private bool _isLive;
    private bool _disposed;

    /// <summary>Prepares; the process starts with the first call.</summary>
    public Hdf5ReaderProcess(ReaderCommand command, Hdf5ReaderOptions options, TimeProvider time)
    {
        _child = new ReaderChild(command, options);
        _options = options;
        _time = time;
    }

    /// <summary>The refusal on other systems, which cannot limit the process that opens foreign files.</summary>
    public static HutchError LinuxOnly { get; } = ErrorCode.Unavailable.With(
        "Hutch reads HDF5 files on Linux only, in a process with limits. Ingest the file on a Linux machine, or push it as it is.");

    /// <summary>The process, while one runs: for tests and monitoring.</summary>
    public int? ProcessId => _child.Id;

    /// <summary>Opens a master file and describes it. Another one that was open is closed.</summary>
    public Task<Result<SeriesDescription>> OpenAsync(string path, CancellationToken cancellationToken) =>
        OpenAsync(path, isLive: false, cancellationToken);

    /// <summary>Opens a file that is still being written: missing parts are left out.</summary>
    public Task<Result<SeriesDescription>> OpenLiveAsync(string path, CancellationToken cancellationToken) =>
        OpenAsync(path, isLive: true, cancellationToken);

    private async Task<Result<SeriesDescription>> OpenAsync(string path, bool isLive, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return LinuxOnly;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            string full = Path.GetFullPath(path);
            (_openPath, _isLive) = (null, isLive);
            Result<ReaderReply> reply = await ExchangeAsync(OpenRequest(full), null, _options.OpenTimeout, full, cancellationToken);
            if (!reply.TryGet(out ReaderReply? answer, out HutchError? error))
            {
                return error;
            }

            _openPath = full;
            return answer.Series is { } series ? series : ErrorCode.Internal.With("The HDF5 reader sent no description.");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Appends the stored bytes of a frame to <paramref name="chunk"/>.</summary>
    /// <param name="image">The image, counted from 0.</param>
    /// <param name="channel">The channel, counted from 0.</param>
    /// <param name="chunk">Receives the bytes; clear it between frames.</param>
    /// <param name="cancellationToken">Stops waiting; the process is then ended.</param>
    public async Task<Result<FrameInfo>> ReadFrameAsync(
        int image, int channel, IBufferWriter<byte> chunk, CancellationToken cancellationToken)
    {
        var request = new ReaderRequest { Operation = ReaderOperation.Frame, Image = image, Channel = channel };
        Result<ReaderReply> reply = await RequestAsync(request, chunk, cancellationToken);
        return reply.TryGet(out ReaderReply? answer, out HutchError? error)
            ? new FrameInfo(answer.Codec, answer.FilterMask, answer.Missing)
            : error;
    }

    public async Task<Result<NumericArray>> ReadArrayAsync(SeriesArray array, CancellationToken cancellationToken)
    {
        var numbers = new ArrayBufferWriter<byte>();
        var request = new ReaderRequest { Operation = ReaderOperation.Array, Array = array };
        Result<ReaderReply> reply = await RequestAsync(request, numbers, cancellationToken);
        return reply.IsOk ? new NumericArray(array.Type, array.Shape, numbers.WrittenMemory) : reply.Error;
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _gate.WaitAsync(CancellationToken.None);
        _child.End();
        _gate.Release();
    }

    private ReaderRequest OpenRequest(string path) =>
        new() { Operation = ReaderOperation.Open, Path = path, Roots = _options.AllowedFolders, IsLive = _isLive };

    private async Task<Result<ReaderReply>> RequestAsync(
        ReaderRequest request, IBufferWriter<byte> payload, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_openPath is not { } path)
            {
                return ErrorCode.BadRequest.With("No HDF5 file is open.");
            }

            if (ProcessId is null)
            {
                // The last one died: its successor has to open the file first.
                Result<ReaderReply> reopened = await ExchangeAsync(OpenRequest(path), null, _options.OpenTimeout, path, cancellationToken);
                if (!reopened.IsOk)
                {
                    return reopened;
                }
            }

            return await ExchangeAsync(request, payload, _options.RequestTimeout, path, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<Result<ReaderReply>> ExchangeAsync(
        ReaderRequest request, IBufferWriter<byte>? payload, TimeSpan timeout, string path, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            _child.Start();
            ReaderProtocol.Write(_child.Input, request, ReaderJson.Default.ReaderRequest, default);
            ReaderReply reply = await ReaderProtocol.ReadAsync(
                _child.Output, ReaderJson.Default.ReaderReply, payload, _options.MaxPayloadBytes, either.Token);
            return reply.Failure is { } failure ? failure.ToError() : reply;
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            _child.End();
            return ReaderChild.TookTooLong(path, timeout);
        }
        catch (OperationCanceledException)
        {
            // The answer would be taken for that to the next question.
            _child.End();
            throw;
        }
        catch (Exception e) when (ReaderChild.IsDeath(e))
        {
            return _child.CreateDeathError(path, e);
        }
    }
}

/// <param name="IsMissing">True if it was never written; there are no bytes then.</param>
internal readonly record struct FrameInfo(FrameCodec Codec, uint FilterMask, bool IsMissing);
