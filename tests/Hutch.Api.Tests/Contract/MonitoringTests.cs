using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Api.Tests.Support;
using Hutch.Datasets.Backups;
using Hutch.Server;

namespace Hutch.Api.Tests.Contract;

/// <summary>The alert rules and the dashboard that operators install name metrics that there are, and the page explains them.</summary>
public sealed partial class MonitoringTests
{
    private static readonly string[] OfTheProcess = ["process_resident_memory_bytes", "dotnet_gc_heap_bytes", "dotnet_gc_committed_bytes"];

    [Theory]
    [InlineData("deploy/monitoring/hutch.rules.yml")]
    [InlineData("deploy/monitoring/hutch-dashboard.json")]
    public async Task Every_metric_that_is_named_exists_and_is_explained(string file)
    {
        string text = await File.ReadAllTextAsync(Path.Combine(Root(), file), TestContext.Current.CancellationToken);
        string page = await File.ReadAllTextAsync(Path.Combine(Root(), "docs/reference/metrics.md"), TestContext.Current.CancellationToken);
        HashSet<string> known = [.. await MetricsAsync(), .. OfTheProcess];

        string[] named = [.. MetricPattern().Matches(text).Select(match => match.Value).Where(name => name != "hutch_").Distinct().Select(name => SuffixPattern().Replace(name, ""))];

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, known));
        Assert.All(named, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_dashboard_is_JSON_and_every_panel_asks_something()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root(), "deploy/monitoring/hutch-dashboard.json")));
        Assert.All(
            dashboard.RootElement.GetProperty("panels").EnumerateArray(), panel => Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray()));
    }

    [Fact]
    public async Task The_other_metrics_are_there_while_the_disk_of_the_data_is_away()
    {
        await using TestServer server = await TestServer.StartAsync();
        string segments = Path.Combine(server.Folder, "segments");
        Directory.Move(segments, segments + ".away");

        string metrics = (await server.Nobody.GetAsync("/metrics")).Must(200).Text;

        Directory.Move(segments + ".away", segments);
        Assert.Contains("\nhutch_storage_segments ", metrics, StringComparison.Ordinal);
    }

    /// <summary>What a server with HTTPS measures.</summary>
    private static async Task<IReadOnlyCollection<string>> MetricsAsync()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                lock (names)
                {
                    names.Add(instrument.Name.Replace('.', '_'));
                }
            },
        };
        listener.Start();
        string folder = Directory.CreateTempSubdirectory("hutch-metrics-").FullName;
        try
        {
            var options = new ServeOptions
            {
                DataFolder = Path.Combine(folder, "data"),
                HttpAddress = ServeOptions.Nowhere,
                HttpsAddress = "127.0.0.1:0",
                Zone = TestServer.Options(folder).Zone,
                Backup = new BackupOptions { Folder = Path.Combine(folder, "backup") },
            };
            await using HutchServer server = await HutchServer.StartAsync(options, TestContext.Current.CancellationToken);
            while (!Has(names, "hutch_backup_age_seconds"))
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return names;
    }

    // Background work begins after the start: its gauge is there a moment later.
    private static bool Has(HashSet<string> names, string name)
    {
        lock (names)
        {
            return names.Contains(name);
        }
    }

    private static string Root([System.Runtime.CompilerServices.CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));

    [GeneratedRegex(@"\b(?:hutch|process|dotnet)_[a-z_]+")]
    private static partial Regex MetricPattern();

    [GeneratedRegex("_(?:bucket|sum|count)$")]
    private static partial Regex SuffixPattern();
}
