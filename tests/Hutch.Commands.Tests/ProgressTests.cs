using Hutch.Commands.Output;
using Hutch.Model;
using Hutch.Testing.Clocks;

namespace Hutch.Commands.Tests;

public sealed class ProgressTests : IDisposable
{
    private readonly StandingTime _time = new();
    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public void On_a_terminal_one_line_is_drawn_over_with_rate_and_time_left()
    {
        using var progress = new ConsoleProgress(_output, terminal: true, quiet: false, _time);
        progress.Start("Uploading", 10, 100_000_000);
        _time.Advance(TimeSpan.FromSeconds(1));
        progress.Add(1, 10_000_000);
        _time.Advance(TimeSpan.FromSeconds(1));
        progress.Add(4, 40_000_000);
        progress.Dispose();

        string last = "Uploading  5/10 files  50.0 MB of 100 MB  25.0 MB/s  0:02 left";
        Assert.Equal(
            "\rUploading  1/10 files  10.0 MB of 100 MB  10.0 MB/s  0:09 left\r" + last + "\r" + new string(' ', last.Length) + "\r",
            _output.ToString());
    }

    [Fact]
    public void A_line_is_no_wider_than_the_terminal()
    {
        using var progress = new ConsoleProgress(_output, terminal: true, quiet: false, _time, static () => 40);
        progress.Start("Uploading", 10, 100_000_000);
        _time.Advance(TimeSpan.FromSeconds(1));
        progress.Add(1, 10_000_000);

        Assert.Equal("\rUploading  1/10 files  10.0 MB of 100 M", _output.ToString());
    }

    [Fact]
    public void Whatever_is_printed_takes_the_line_away_first()
    {
        using var progress = new ConsoleProgress(_output, terminal: true, quiet: false, _time);
        using var result = new TerminalWriter(_output, progress.Clear);
        progress.Start("Cloning", 2, null);
        _time.Advance(TimeSpan.FromSeconds(1));
        progress.Add(0, 5); // bytes of a file that is not complete
        string line = _output.ToString();

        result.WriteLine("Cloned.");
        progress.Dispose();

        Assert.Equal(line + "\r" + new string(' ', line.Length - 1) + "\rCloned.\n", _output.ToString());
    }

    [Fact]
    public void Lines_of_several_threads_stay_lines()
    {
        const int Each = 200;
        using var result = new TerminalWriter(_output, static () => Thread.SpinWait(50));
        using var start = new Barrier(4);
        Thread[] threads =
        [
            .. Enumerable.Range(0, 4).Select(number => new Thread(() =>
            {
                start.SignalAndWait();
                for (int i = 0; i < Each; i++)
                {
                    result.WriteLine($"{{\"series\":{number}}}");
                }
            })),
        ];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());

        string[] lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4 * Each, lines.Length);
        Assert.All(lines, static line => Assert.Matches(@"^\{""series"":\d\}$", line));
    }

    [Fact]
    public void Elsewhere_there_is_a_plain_line_now_and_then()
    {
        using var progress = new ConsoleProgress(_output, terminal: false, quiet: false, _time);
        progress.Start("Cloning", null, null);
        for (int second = 0; second < 21; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            progress.Add(1, 1000);
        }

        Assert.Equal("Cloning  10 files  10.0 kB  1.00 kB/s  0:10\nCloning  20 files  20.0 kB  1.00 kB/s  0:20\n", _output.ToString());
    }

    [Fact]
    public void Quiet_is_quiet()
    {
        using var progress = new ConsoleProgress(_output, terminal: true, quiet: true, _time);
        progress.Start("Cloning", 1, 1);
        _time.Advance(TimeSpan.FromSeconds(60));
        progress.Add(1, 1);
        progress.Report("something");
        progress.Dispose();

        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public void A_message_clears_the_line_first()
    {
        using var progress = new ConsoleProgress(_output, terminal: true, quiet: false, _time);
        progress.Start("Cloning", 2, null);
        _time.Advance(TimeSpan.FromSeconds(1));
        progress.Add(1, 0);
        string line = _output.ToString();
        progress.Report("note");

        Assert.Equal(line + "\r" + new string(' ', line.Length - 1) + "\rnote\n", _output.ToString());
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.00 kB")]
    [InlineData(12_345, "12.3 kB")]
    [InlineData(999_950, "1.00 MB")]
    [InlineData(123_456_789, "123 MB")]
    [InlineData(long.MaxValue, "9.22 EB")]
    public void Bytes_are_shown_with_three_digits(long bytes, string expected) => Assert.Equal(expected, Display.Bytes(bytes));
}
