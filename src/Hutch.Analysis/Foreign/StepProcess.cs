using System.Globalization;
using System.Text;
using System.Text.Json;
using Hutch.Analysis.Steps;
using Hutch.Disk.Memory;

namespace Hutch.Analysis.Foreign;

/// <summary>
/// A copy of the program of a foreign step: it answers frames in order, a few of them at one time. One that dies, hangs or breaks the
/// protocol is started again, a limited number of times.
/// </summary>
/// <remarks>Thread-safe. The memory belongs to the caller.</remarks>
internal sealed class StepProcess : IDisposable
{
    /// <summary>The frame that the program died of is tried once more: the machine may have ended it.</summary>
    private const int MaxTries = 2;

    private const int MaxDeaths = 100;
    private const int MaxDeathsInARow = 10;

    private readonly Lock _gate = new();
    private readonly List<Question> _asked = [];
    private readonly StepCommand _command;
    private readonly SharedMemory _memory;
    private readonly ReadOnlyMemory<byte> _start;
    private readonly Func<ReadOnlyMemory<byte>, HutchError?> _check;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private StepChild? _child;
    private long _since;
    private int _deaths;
    private int _deathsInARow;
    private HutchError? _broken;

    /// <param name="start">The line that describes the run to each process.</param>
    /// <param name="check">Compares the first line of a process with the declaration; the error ends the run.</param>
    public StepProcess(
        StepCommand command, SharedMemory memory, ReadOnlyMemory<byte> start, Func<ReadOnlyMemory<byte>, HutchError?> check,
        TimeProvider time)
    {
        (_command, _memory, _start, _check, _time) = (command, memory, start, check, time);
        _timer = time.CreateTimer(_ => EndSlow(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sends the line of a frame, and waits for its row.</summary>
    /// <returns>The values of the row, or the error of the frame.</returns>
    /// <exception cref="StepFailedException">The program cannot be used any more.</exception>
    public Result<JsonElement> Ask(int frame, ReadOnlySpan<byte> line)
    {
        for (int tries = 1; ; tries++)
        {
            using var question = new Question(frame);
            lock (_gate)
            {
                StepChild child = EnsureStarted();
                _asked.Add(question);
                if (_asked.Count == 1)
                {
                    Watch();
                }

                child.Write(line);
            }

            question.Answered.Wait();
            if (question.Row is { } row)
            {
                return row;
            }

            if (question is { Reason: { } reason } && (!question.MayRetry || tries >= MaxTries))
            {
                return ErrorCode.Unprocessable.With(reason);
            }

            // A frame that only waited behind another one has done nothing wrong.
            tries -= question.Reason is null ? 1 : 0;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _child?.Dispose();
            _child = null;
        }

        _timer.Dispose();
    }

    private StepChild EnsureStarted()
    {
        if (_broken is null && _child is null)
        {
            _broken = _deaths >= MaxDeaths || _deathsInARow >= MaxDeathsInARow ? ErrorCode.Unprocessable.With(string.Create(
                CultureInfo.InvariantCulture, $"The program of the step ended {_deaths} times in this run; its rows name the reasons."))
                : Start();
        }

        return _broken is null ? _child! : throw new StepFailedException(_broken);
    }

    /// <summary>Starts the program, and tells it the run; the error says why it cannot be used.</summary>
    private HutchError? Start()
    {
        if (!StepChild.Start(_command, _memory).TryGet(out StepChild? child, out HutchError? refusal)
            || (refusal = child.ReadHello(_command.StartLimit, _time, out ReadOnlyMemory<byte> hello) ?? _check(hello)) is not null)
        {
            child?.Dispose();
            return refusal;
        }

        child.Write(_start.Span);
        _child = child;
        new Thread(() => Read(child)) { IsBackground = true, Name = "step" }.Start();
        return null;
    }

    private void Read(StepChild child)
    {
        try
        {
            while (child.TryReadLine(out ReadOnlyMemory<byte> line))
            {
                if (Take(child, line) is { } broken)
                {
                    End(child, broken, mayRetry: false);
                    return;
                }
            }

            End(child, child.DescribeEnd(), mayRetry: true);
        }
        catch (InvalidDataException e)
        {
            End(child, e.Message, mayRetry: false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It was ended on purpose, and all its frames have been answered.
            End(child, "was ended", mayRetry: true);
        }
    }

    /// <summary>Gives an answer to the one that waits for it; returns the reason to end the program.</summary>
    private string? Take(StepChild child, ReadOnlyMemory<byte> line)
    {
        lock (_gate)
        {
            if (child != _child)
            {
                return null;
            }

            if (_asked.Count == 0)
            {
                return "wrote a line that answers no frame: " + Shown(line);
            }

            try
            {
                JsonElement answer = JsonElement.Parse(line.Span);
                Question? question = answer.TryGetProperty("frame", out JsonElement number) && number.TryGetInt32(out int frame)
                    ? _asked.Find(asked => asked.Frame == frame)
                    : null;
                if (question is null)
                {
                    return "answered another frame: " + Shown(line);
                }

                Answer(question, answer);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                string text = Encoding.UTF8.GetString(line.Span);
                if (!text.Contains("NaN", StringComparison.Ordinal) && !text.Contains("Infinity", StringComparison.Ordinal))
                {
                    return "wrote a line that is no JSON of an answer: " + Shown(line);
                }

                Fail(_asked[0], "The row of the step has NaN or infinity, which JSON does not have: give null for what is unknown.", false);
            }

            _deathsInARow = 0;
            Watch();
            return null;
        }
    }

    private void Answer(Question question, JsonElement answer)
    {
        if (answer.TryGetProperty("row", out JsonElement row))
        {
            question.Row = row;
            _asked.Remove(question);
            question.Answered.Set();
        }
        else
        {
            string reason = answer.TryGetProperty("error", out JsonElement error) ? error.GetString() ?? "" : "";
            reason = reason.Length > 0 ? "The step failed: " + Display.Plain(reason, 1000) : "The answer of the step has no row.";
            Fail(question, reason, mayRetry: false);
        }
    }

    private void Fail(Question question, string reason, bool mayRetry)
    {
        (question.Reason, question.MayRetry) = (reason, mayRetry);
        _asked.Remove(question);
        question.Answered.Set();
    }

    /// <summary>
    /// Forgets a program that ended, or that is to end. The oldest frame is the guilty one; the others go to the next program.
    /// </summary>
    private void End(StepChild child, string how, bool mayRetry)
    {
        lock (_gate)
        {
            if (child != _child)
            {
                return;
            }

            _child = null;
            _deaths++;
            _deathsInARow++;
            bool isSlow = child.IsTooSlow;
            if (_asked.Count > 0)
            {
                Fail(
                    _asked[0],
                    isSlow ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"The step gave no row within {_command.FrameLimit.TotalSeconds:0.#} s, the limit for a frame.")
                        : $"The program of the step {how}.",
                    mayRetry && !isSlow);
            }

            foreach (Question other in _asked)
            {
                other.Answered.Set();
            }

            _asked.Clear();
            child.Dispose();
        }
    }

    private void Watch()
    {
        _since = _time.GetTimestamp();
        _timer.Change(_asked.Count > 0 ? _command.FrameLimit : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void EndSlow()
    {
        lock (_gate)
        {
            if (_child is not { } child || _asked.Count == 0)
            {
                return;
            }

            TimeSpan left = _command.FrameLimit - _time.GetElapsedTime(_since);
            if (left > TimeSpan.Zero)
            {
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }

            child.IsTooSlow = true;
            child.Kill();
        }
    }

    private static string Shown(ReadOnlyMemory<byte> line) =>
        Display.Quote(Encoding.UTF8.GetString(line.Span[..Math.Min(line.Length, 100)]));

    private sealed class Question(int frame) : IDisposable
    {
        public int Frame => frame;

        public ManualResetEventSlim Answered { get; } = new();

        public JsonElement? Row { get; set; }

        public string? Reason { get; set; }

        public bool MayRetry { get; set; }

        public void Dispose() => Answered.Dispose();
    }
}
