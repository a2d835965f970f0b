using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hutch.Disk.Memory;

namespace Hutch.Analysis.Foreign;

/// <summary>One process of a foreign step, and the lines to and from it.</summary>
/// <remarks>For one writer and one reader at a time. <see cref="Kill"/> may be called at any time.</remarks>
internal sealed class StepChild : IDisposable
{
    /// <summary>The longest line of the program: a row has at most 200 values.</summary>
    private const int MaxLineBytes = 1 << 20;

    private const int MaxErrorCharacters = 2000;
    private const int MaxShownCharacters = 300;

    /// <summary>A process that the program started may hold its standard error open.</summary>
    private static readonly TimeSpan TimeForErrors = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan TimeToDie = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly ManualResetEventSlim _errorsEnded = new();
    private byte[] _buffer = new byte[16 << 10];
    private int _begin;
    private int _end;

    private StepChild(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>True if it is being ended because a frame took too long.</summary>
    public bool IsTooSlow { get; set; }

    /// <summary>Starts the program; the error says why it cannot be.</summary>
    /// <param name="memory">The memory that it inherits; null for none.</param>
    public static Result<StepChild> Start(StepCommand command, SharedMemory? memory)
    {
        ProcessStartInfo start = command.CreateStart();
        try
        {
            Process? process = memory is null ? Process.Start(start) : memory.Start(() => Process.Start(start));
            return new StepChild(process ?? throw new InvalidOperationException("The program did not start."));
        }
        catch (Win32Exception e)
        {
            return ErrorCode.Unprocessable.With($"The program {Display.Quote(command.Program)} cannot be started: {e.Message}.");
        }
    }

    /// <summary>Waits for its first line; the error says why there is none.</summary>
    public HutchError? ReadHello(TimeSpan limit, TimeProvider time, out ReadOnlyMemory<byte> line)
    {
        bool isLate = false;
        using ITimer timer = time.CreateTimer(
            _ =>
            {
                isLate = true;
                Kill();
            },
            null, limit, Timeout.InfiniteTimeSpan);
        string why;
        try
        {
            if (TryReadLine(out line))
            {
                return null;
            }

            string end = DescribeEnd();
            why = isLate
                ? string.Create(CultureInfo.InvariantCulture, $"did not declare its columns within {limit.TotalSeconds:0} s")
                : end + " before it declared its columns";
        }
        catch (InvalidDataException e)
        {
            line = default;
            why = e.Message;
        }

        return ErrorCode.Unprocessable.With($"The program of the step {why}.");
    }

    /// <summary>Writes whole lines. If the program has ended, it does nothing: the reader learns of that.</summary>
    public void Write(ReadOnlySpan<byte> lines)
    {
        try
        {
            _process.StandardInput.BaseStream.Write(lines);
            _process.StandardInput.BaseStream.Flush();
        }
        catch (IOException)
        {
            // The end of its output says so.
        }
    }

    /// <summary>Reads the next line without its line feed, valid until the next read; false at the end.</summary>
    /// <exception cref="InvalidDataException">The line is too long.</exception>
    public bool TryReadLine(out ReadOnlyMemory<byte> line)
    {
        for (int looked = _begin; ;)
        {
            int at = _buffer.AsSpan(looked, _end - looked).IndexOf((byte)'\n');
            if (at >= 0)
            {
                line = _buffer.AsMemory(_begin, looked + at - _begin);
                _begin = looked + at + 1;
                return true;
            }

            looked = _end - _begin;
            MakeSpace();
            int read = _process.StandardOutput.BaseStream.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
            {
                line = default;
                return false;
            }

            _end += read;
        }
    }

    /// <summary>Ends it by force, with all that it started.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    /// <summary>Waits for its end, by force if it takes longer, and says how it ended.</summary>
    public string DescribeEnd()
    {
        if (!_process.WaitForExit(TimeToDie))
        {
            Kill();
            _process.WaitForExit(TimeToDie);
        }

        _errorsEnded.Wait(TimeForErrors);
        string how = !_process.HasExited ? "closed its output"
            : _process.ExitCode > 128
                ? string.Create(CultureInfo.InvariantCulture, $"was ended by signal {_process.ExitCode - 128}")
                : string.Create(CultureInfo.InvariantCulture, $"ended with exit code {_process.ExitCode}");
        lock (_errors)
        {
            string last = _errors.ToString().TrimEnd().Split('\n')[^1].Trim();
            return last.Length == 0 ? how : $"{how}: {Display.Plain(last, MaxShownCharacters)}";
        }
    }

    public void Dispose()
    {
        Kill();
        _process.WaitForExit(TimeToDie);
        _process.Dispose();
    }

    private void MakeSpace()
    {
        if (_begin > 0)
        {
            _buffer.AsSpan(_begin.._end).CopyTo(_buffer);
            (_begin, _end) = (0, _end - _begin);
        }

        if (_end == _buffer.Length)
        {
            if (_end >= MaxLineBytes)
            {
                throw new InvalidDataException($"wrote a line of more than {MaxLineBytes >> 10} KiB");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            _errorsEnded.Set();
            return;
        }

        lock (_errors)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                _errors.AppendLine(line[..Math.Min(line.Length, MaxErrorCharacters)]);
                _errors.Remove(0, Math.Max(0, _errors.Length - MaxErrorCharacters));
            }
        }
    }
}
