using System.ComponentModel;
using System.Diagnostics;

namespace Hutch.Formats.Hdf5;

/// <summary>The limited process for libhdf5 and foreign bytes, as its parent sees it: started on demand, ended if it misbehaves.</summary>
/// <remarks>For one caller at a time.</remarks>
internal sealed class ReaderChild(ReaderCommand command, Hdf5ReaderOptions options)
{
    private const int MaxKeptErrorCharacters = 2000;
    private static readonly TimeSpan TimeToDie = TimeSpan.FromSeconds(2);

    // What the runtime needs to start; secrets of ours are not among it.
    private static readonly string[] PassedVariables =
        ["PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH", "DOTNET_ROOT", "DOTNET_ROOT_X64"];

    private readonly StringBuilder _errors = new();
    private Process? _process;

    public int? Id => _process is { HasExited: false } process ? process.Id : null;

    public Stream Input => _process!.StandardInput.BaseStream;

    public Stream Output => _process!.StandardOutput.BaseStream;

    /// <summary>Returns true if an exchange failed because the process ended or broke the protocol.</summary>
    public static bool IsDeath(Exception e) =>
        e is IOException or InvalidDataException or System.Text.Json.JsonException or Win32Exception;

    /// <summary>The refusal of a file that could not be read in time.</summary>
    public static HutchError TookTooLong(string path, TimeSpan timeout) => new(
        ErrorCode.UnreadableFile,
        $"{Path.GetFileName(path)} could not be read within {timeout.TotalSeconds:0} s. The file may be damaged, or the disk very slow.",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["file"] = path,
            [HutchError.TimeLimit] = timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
        });

    public void Start()
    {
        if (Id is not null)
        {
            return;
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
    }

    /// <summary>Ends the process after an exchange that failed, and says what happened as far as it can be known.</summary>
    public HutchError CreateDeathError(string path, Exception why)
    {
        if (why is Win32Exception)
        {
            return ErrorCode.Unavailable.With($"Cannot start the HDF5 reader {command.FileName}: {why.Message}.");
        }

        int? exitCode = End(waitForItsOwnEnd: why is EndOfStreamException);
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

    /// <summary>Ends the process. Returns its exit code, if it left one.</summary>
    /// <remarks>
    /// Not WaitForExitAsync: it also waits for the end of the error stream, which a child of the process may hold open for ever.
    /// </remarks>
    public int? End(bool waitForItsOwnEnd = false)
    {
        if (_process is not { } process)
        {
            return null;
        }

        _process = null;
        using (process)
        {
            // The exit code of a dead process gives the reason, if it may end on its own.
            if (!waitForItsOwnEnd || !process.WaitForExit(TimeToDie))
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit(TimeToDie);
            }

            return process.HasExited ? process.ExitCode : null;
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var info = new ProcessStartInfo(command.FileName, command.Arguments)
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

        TimeSpan longest = options.OpenTimeout > options.RequestTimeout ? options.OpenTimeout : options.RequestTimeout;
        info.Environment[Hdf5ReaderHost.MemoryVariable] = options.MaxMemoryBytes.ToString(CultureInfo.InvariantCulture);
        info.Environment[Hdf5ReaderHost.CpuVariable] = Math.Ceiling(longest.TotalSeconds).ToString(CultureInfo.InvariantCulture);

        // The reader needs no debugger port, and no heap larger than its limit.
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        info.Environment["DOTNET_gcConcurrent"] = "0";
        info.Environment["DOTNET_GCHeapHardLimit"] = (options.MaxMemoryBytes / 2).ToString("X", CultureInfo.InvariantCulture);

        // Releases of libhdf5 before 1.10.7 take this from the environment only.
        info.Environment["HDF5_USE_FILE_LOCKING"] = "FALSE";
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
}
