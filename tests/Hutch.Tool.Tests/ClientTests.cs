using System.Diagnostics;
using System.Text.Json;

namespace Hutch.Tool.Tests;

/// <summary>The client as it was built, run as people run it.</summary>
public sealed class ClientTests
{
    private static readonly string Folder = Path.Combine(FindRoot(), "src", "Hutch.Tool", "bin", Configuration, "net10.0");

    private static string Configuration => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    [Fact]
    public async Task It_prints_its_version()
    {
        (int code, string output, string error) = await RunAsync("version", "--json");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal("v1", JsonElement.Parse(output).GetProperty("api").GetString());
    }

    [Fact]
    public async Task It_says_where_a_verb_of_the_server_is()
    {
        (int code, string output, string error) = await RunAsync("serve", "--data", "/srv/hutch");

        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("hutch: `hutch serve` is in the full program, not in the client:", error, StringComparison.Ordinal);
    }

    [Fact]
    public void It_consists_of_the_client_and_the_base_of_NET_alone()
    {
        using JsonDocument dependencies = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "hutch.deps.json")));
        using JsonDocument runtime = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "hutch.runtimeconfig.json")));
        string[] parts = [.. dependencies.RootElement.GetProperty("libraries").EnumerateObject().Select(part => part.Name.Split('/')[0])];

        string[] expected =
        [
            "Hutch.Capture", "Hutch.Client", "Hutch.Commands", "Hutch.Contracts", "Hutch.DataLadClient", "Hutch.Detectors",
            "Hutch.Disk", "Hutch.Formats", "Hutch.Model", "Hutch.Mount", "Hutch.Node", "Hutch.Objects", "SkiaSharp", "System.CommandLine",
            "System.Formats.Cbor", "System.IO.Hashing", "ZstdSharp.Port", "hutch",
        ];
        Assert.Equal(expected, parts.Order(StringComparer.Ordinal));
        Assert.Equal(
            "Microsoft.NETCore.App", runtime.RootElement.GetProperty("runtimeOptions").GetProperty("framework").GetProperty("name").GetString());
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        ProcessStartInfo start = new(Path.Combine(Folder, "hutch"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(ct);
        Task<string> error = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output, await error);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Hutch.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Run this inside the repository.");
    }
}
