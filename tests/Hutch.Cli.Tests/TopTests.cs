using System.Net;
using System.Text;
using System.Text.Json;
using Hutch.Commands.Hosting;
using Hutch.Commands.Output;
using Hutch.Contracts;

namespace Hutch.Cli.Tests;

/// <summary>Live work on a terminal of any width, in a file, and for programs.</summary>
public sealed class TopTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly LiveInfo Live = new()
    {
        Time = Noon,
        Everything = true,
        Problems =
        [
            new WarningInfo { Kind = "worker-silent", Message = "The worker node7 fell silent.", Advice = "Look at its machine." },
        ],
        Services = [new ServiceInfo { Name = "storage", State = "ok" }],
        Classes = [],
        Queues =
        [
            new LiveQueue
            {
                Name = "default", Runs = 1, Workers = 1, Waiting = 1200, InWork = 8, GivenUp = 0, FramesPerSecond = 41.25, LagSeconds = 83,
            },
        ],
        BrokerQueues =
        [
            new LiveBrokerQueue { Name = "analysis.runs", State = "ok", Ready = 0, Unacknowledged = 3, Readers = 1 },
            new LiveBrokerQueue { Name = "dead.analysis.runs", State = "dead-letters", Ready = 2, Readers = 0 },
        ],
        Workers =
        [
            new LiveWorker
            {
                Name = "node7", Namespace = "default", State = "silent", InWork = 0, Frames = 12, FramesPerSecond = 0, Seen = Noon.AddSeconds(-65),
            },
        ],
        Runs = [],
        Captures = [],
    };

    private readonly CommandLine _line = new();

    public TopTests() => _line.Server.Intercept = _ => new HttpResponseMessage(HttpStatusCode.OK)
    {
        Content = new StringContent(JsonSerializer.Serialize(Live, HutchJson.Default.LiveInfo), Encoding.UTF8, "application/json"),
    };

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task Top_with_once_prints_problems_first_and_marks_them_in_the_tables()
    {
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("top", "--once"));

        string[] lines = _line.Out.Split('\n');
        Assert.Equal($"{Human.Time(Live.Time)}  1 problem:", lines[0]);
        Assert.Equal("! The worker node7 fell silent. Look at its machine.", lines[1]);
        Assert.Contains("  ok   default  1 200    1:23  41.3", _line.Out, StringComparison.Ordinal);
        Assert.Contains("  ok            analysis.runs       0      3               1", _line.Out, StringComparison.Ordinal);
        Assert.Contains("! dead-letters  dead.analysis.runs  2      –               0", _line.Out, StringComparison.Ordinal);
        Assert.Contains("! silent  node7   0.0       0        12    1:05 ago  default", _line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task For_programs_it_prints_the_document_once()
    {
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("top", "--json"));

        Assert.Equal(JsonSerializer.Serialize(Live, HutchJson.Default.LiveInfo), JsonSerializer.Serialize(
            JsonSerializer.Deserialize(_line.Out, HutchJson.Default.LiveInfo)!, HutchJson.Default.LiveInfo));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(80)]
    [InlineData(300)]
    public void No_line_is_wider_than_the_terminal_and_no_word_of_a_problem_is_lost(int width)
    {
        IReadOnlyList<string> lines = LiveText.Lines(Live, width);

        Assert.All(lines, line => Assert.True(line.Length <= Math.Max(width, 4), line));
        string all = string.Concat(lines).Replace(" ", "", StringComparison.Ordinal);
        Assert.Contains("Theworkernode7fellsilent.Lookatitsmachine.", all, StringComparison.Ordinal);
    }

    [Fact]
    public void A_screen_is_drawn_in_place_and_says_what_does_not_fit()
    {
        var terminal = new StringWriter();
        using (var screen = new TerminalScreen(terminal, () => (20, 3)))
        {
            screen.Draw(_ => ["one\e[2J", "two", "three", "four"]);
        }

        Assert.Equal(
            "\e[?1049h\e[?25l\e[Hone\\u001b[2J\e[K\r\ntwo\e[K\r\n2 more lines\e[K\e[J\e[?25h\e[?1049l", terminal.ToString());
    }

    [Fact]
    public async Task Top_refreshes_until_it_is_interrupted()
    {
        using var interrupt = new CancellationTokenSource();
        int asked = 0;
        Func<HttpRequestMessage, HttpResponseMessage?> usual = _line.Server.Intercept!;
        _line.Server.Intercept = request =>
        {
            if (++asked == 4)
            {
                interrupt.Cancel();
            }

            return usual(request);
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync(interrupt.Token, "top", "--interval", "1s"));
        Assert.True(_line.Out.Split("1 problem:").Length > 2);
    }
}
