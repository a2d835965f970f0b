using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// Reads HDF5 files through a separate process, which may crash, hang or run out of memory on a bad file without harm: the call
/// is refused with a clear error, and the next call starts a new process. Calls wait for each other.
/// </summary>
internal sealed class Hdf5ReaderProcess : IAsyncDisposable
{
    private const int MaxKeptErrorCharacters = 2000;
    private static readonly TimeSpan TimeToDie = TimeSpan.FromSeconds(2);

    // What the runtime needs to start; secrets of ours are not among it.
    private static readonly string[] PassedVariables =
        ["PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "DOTNET_ROOT", "DOTNET_ROOT_X64"];

    private readonly ReaderCommand _command;
    private readonly Hdf5ReaderOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly StringBuilder _errors = new();
    private Process? _process;
    private string? _openPath;
    private bool _isLive;
    private bool _disposed;

    /// <summary>Prepares; the process starts with the first call.</summary>
    public Hdf5ReaderProcess(ReaderCommand command, Hdf5ReaderOptions options, TimeProvider time)
    {
        _command = command;
        _options = options;
        _time = time;
    }

    /// <summary>The process, while one runs: for tests and for those who watch.</summary>
    public int? ProcessId => _process is { HasExited: false } process ? process.Id : null;

    /// <summary>Opens a master file and describes it. Another one that was open is closed.</summary>
    public Task<Result<SeriesDescription>> OpenAsync(string path, CancellationToken cancellationToken) =>
        OpenAsync(path, isLive: false, cancellationToken);

    /// <summary>The same for a file that is still being written: what is not there yet is left out.</summary>
    public Task<Result<SeriesDescription>> OpenLiveAsync(string path, CancellationToken cancellationToken) =>
        OpenAsync(path, isLive: true, cancellationToken);

    private async Task<Result<SeriesDescription>> OpenAsync(string path, bool isLive, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
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
            _turn.Release();
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

    /// <summary>Reads an array of the open master, decoded.</summary>
    public async Task<Result<NumericArray>> ReadArrayAsync(SeriesArray array, CancellationToken cancellationToken)
    {
        var numbers = new ArrayBufferWriter<byte>();
        var request = new ReaderRequest { Operation = ReaderOperation.Array, Array = array };
        Result<ReaderReply> reply = await RequestAsync(request, numbers, cancellationToken);
        return reply.IsOk ? new NumericArray(array.Type, array.Shape, numbers.WrittenMemory) : reply.Error;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        await _turn.WaitAsync(CancellationToken.None);
        End();
        _turn.Release();
    }

    private ReaderRequest OpenRequest(string path) =>
        new() { Operation = ReaderOperation.Open, Path = path, Roots = _options.AllowedFolders, IsLive = _isLive };

    private async Task<Result<ReaderReply>> RequestAsync(
        ReaderRequest request, IBufferWriter<byte> payload, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
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
            _turn.Release();
        }
    }

    private async Task<Result<ReaderReply>> ExchangeAsync(
        ReaderRequest request, IBufferWriter<byte>? payload, TimeSpan timeout, string path, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            Process process = Running();
            ReaderProtocol.Write(process.StandardInput.BaseStream, request, ReaderJson.Default.ReaderRequest, default);
            ReaderReply reply = await ReaderProtocol.ReadAsync(
                process.StandardOutput.BaseStream, ReaderJson.Default.ReaderReply, payload, _options.MaxPayloadBytes, either.Token);
            return reply.Failure is { } failure ? ToError(failure) : reply;
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            End();
            return ErrorCode.UnreadableFile.With(
                $"{Path.GetFileName(path)} could not be read within {timeout.TotalSeconds:0} s. "
                + "The file may be damaged, or the disk very slow.",
                "file",
                path);
        }
        catch (OperationCanceledException)
        {
            // The answer would be taken for that to the next question.
            End();
            throw;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or System.Text.Json.JsonException)
        {
            return Died(path, End(waitForItsOwnEnd: e is EndOfStreamException));
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return ErrorCode.Unavailable.With($"Cannot start the HDF5 reader {_command.FileName}: {e.Message}.");
        }
    }

    private HutchError Died(string path, int? exitCode)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal) { ["file"] = path };
        if (exitCode is { } code)
        {
            details["exitCode"] = code.ToString(CultureInfo.InvariantCulture);
        }

        lock (_errors)
        {
            if (_errors.Length > 0)
            {
                details["output"] = _errors.ToString();
            }
        }

        return new HutchError(
            ErrorCode.UnreadableFile, $"The HDF5 reader stopped while reading {Path.GetFileName(path)}. The file may be damaged.", details);
    }

    private static HutchError ToError(ReaderFailure failure)
    {
        ErrorCode code = ErrorCode.All.FirstOrDefault(candidate => candidate.Name == failure.Code) ?? ErrorCode.Internal;
        return new HutchError(code with { Advice = failure.Advice }, failure.Message, failure.Details);
    }

    private Process Running()
    {
        if (_process is { HasExited: false })
        {
            return _process;
        }

        _process?.Dispose();
        _process = null;
        lock (_errors)
        {
            _errors.Clear();
        }

        var process = new Process { StartInfo = StartInfo() };
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginErrorReadLine();
        _process = process;
        return process;
    }

    private ProcessStartInfo StartInfo()
    {
        var info = new ProcessStartInfo(_command.FileName, _command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Clear();
        foreach (string name in PassedVariables)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                info.Environment[name] = value;
            }
        }

        TimeSpan longest = _options.OpenTimeout > _options.RequestTimeout ? _options.OpenTimeout : _options.RequestTimeout;
        info.Environment[Hdf5ReaderHost.MemoryVariable] = _options.MaxMemoryBytes.ToString(CultureInfo.InvariantCulture);
        info.Environment[Hdf5ReaderHost.CpuVariable] = Math.Ceiling(longest.TotalSeconds).ToString(CultureInfo.InvariantCulture);

        // The reader needs no debugger port, and no heap larger than its limit.
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        info.Environment["DOTNET_gcConcurrent"] = "0";
        info.Environment["DOTNET_GCHeapHardLimit"] = (_options.MaxMemoryBytes / 2).ToString("X", CultureInfo.InvariantCulture);
        return info;
    }

    private void Keep(string? line)
    {
        lock (_errors)
        {
            if (line is not null && _errors.Length < MaxKeptErrorCharacters)
            {
                _errors.AppendLine(line[..Math.Min(line.Length, MaxKeptErrorCharacters)]);
            }
        }
    }

    // Not WaitForExitAsync: it also waits for the end of the error stream, which a child of the process may hold open for ever.
    private int? End(bool waitForItsOwnEnd = false)
    {
        if (_process is not { } process)
        {
            return null;
        }

        _process = null;
        using (process)
        {
            // A process that died tells why by its exit code, if it is let finish.
            if (!waitForItsOwnEnd || !process.WaitForExit(TimeToDie))
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit(TimeToDie);
            }

            return process.HasExited ? process.ExitCode : null;
        }
    }
}

/// <summary>How to decode a frame that was read.</summary>
/// <param name="Codec">How it is compressed.</param>
/// <param name="FilterMask">Which of its filters were left out.</param>
/// <param name="IsMissing">Whether it was never written; there are no bytes then.</param>
internal readonly record struct FrameInfo(FrameCodec Codec, uint FilterMask, bool IsMissing);

/// <summary>The limits of a reader process.</summary>
internal sealed record Hdf5ReaderOptions
{
    /// <summary>Memory that the process may use, all of it together.</summary>
    public long MaxMemoryBytes { get; init; } = 2L << 30;

    /// <summary>How long opening a master may take. Many data files on a slow disk take their time.</summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long reading one frame or array may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public int MaxPayloadBytes { get; init; } = 1 << 30;

    /// <summary>Folders beside the master's own that its links may lead into.</summary>
    public IReadOnlyList<string> AllowedFolders { get; init; } = [];
}
