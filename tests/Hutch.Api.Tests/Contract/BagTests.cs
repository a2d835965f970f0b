using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hutch.Api.Tests.Support;
using Hutch.Testing;
using Hutch.Testing.Clocks;

namespace Hutch.Api.Tests.Contract;

/// <summary>Versions as BagIt bags (RFC 8493), unpacked and judged by the programs of the system.</summary>
public sealed partial class BagTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tar")]
    [InlineData("zip")]
    public async Task The_checksums_of_a_bag_agree_with_its_unpacked_files(string format)
    {
        await using TestServer server = await TestServer.StartAsync();
        (string id, Dictionary<string, byte[]> files) = await FillAsync(server);
        (await server.Admin.PutJsonAsync($"datasets/{id}/metadata", new { temperature = 100 })).Must(204);
        using var folder = new TemporaryFolder();

        Answer archive = (await server.Admin.GetAsync($"datasets/{id}/archive.{format}?bagit=true")).Must(200);
        string bag = await UnpackAsync(folder.Path, format, archive.Bytes);

        Assert.Equal($"attachment; filename=\"bagged-1.{format}\"", archive.Headers["Content-Disposition"]);
        Assert.Equal("bagged-1", Path.GetFileName(bag));
        Assert.Equal("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", await ReadAsync(bag, "bagit.txt"));
        string manifest = await ReadAsync(bag, "manifest-sha256.txt");
        Assert.Equal(files.Count, manifest.Count(static c => c == '\n'));
        Assert.Contains("  data/100%25.txt\n", manifest, StringComparison.Ordinal);
        Assert.Contains("  data/line%0Afeed%0D.bin\n", manifest, StringComparison.Ordinal);
        Assert.Contains("  data/with  two blanks /ünï.bin\n", manifest, StringComparison.Ordinal);

        // Coreutils marks a name by a backslash at the start of the line and knows \n and \r, but no percent-encoding.
        await File.WriteAllTextAsync(Path.Combine(bag, "..", "coreutils"), EncodedLine().Replace(manifest, static line =>
            "\\" + line.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%0A", "\\n", StringComparison.Ordinal)
                .Replace("%0D", "\\r", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal)), Ct);
        Assert.Equal(0, await RunAsync(bag, "sha256sum", "--check", "--strict", "--quiet", "../coreutils"));
        Assert.Equal(0, await RunAsync(bag, "sha256sum", "--check", "--strict", "--quiet", "tagmanifest-sha256.txt"));
        Assert.Equal(
            files.Keys.Order(StringComparer.Ordinal),
            FilesOf(Path.Combine(bag, "data")).Order(StringComparer.Ordinal));
        Assert.Equal(
            FilesOf(bag).Where(static path => !path.StartsWith("data/", StringComparison.Ordinal) && path != "tagmanifest-sha256.txt")
                .Order(StringComparer.Ordinal),
            (await ReadAsync(bag, "tagmanifest-sha256.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => line[66..]));
        Assert.Equal("""{"temperature":100}""", await ReadAsync(bag, "metadata.json"));
        Assert.Equal("data/link\t../100%25%09\n", await ReadAsync(bag, "symbolic-links.txt"));
        Assert.True(Directory.Exists(Path.Combine(bag, "data", "empty")));
    }

    [Fact]
    public async Task A_bag_is_described_by_its_fields_and_its_crate()
    {
        await using TestServer server = await TestServer.StartAsync();
        (string id, Dictionary<string, byte[]> files) = await FillAsync(server);
        using var folder = new TemporaryFolder();

        string bag = await UnpackAsync(folder.Path, "tar", (await server.Admin.GetAsync($"datasets/{id}/archive.tar?bagit=true")).Must(200).Bytes);

        string date = (await server.Admin.GetAsync($"datasets/{id}/snapshots/1")).Must(200).Json.GetProperty("time").GetString()![..10];
        string oxum = string.Create(
            CultureInfo.InvariantCulture, $"{files.Values.Sum(static bytes => (long)bytes.Length)}.{files.Count}");
        Assert.Equal(
            $"""
            External-Description: Frames of two crystals. Version 1 of the dataset admin/bagged.
            Bagging-Date: {date}
            External-Identifier: {id}@1
            Payload-Oxum: {oxum}
            Internal-Sender-Identifier: admin/bagged@1
            Internal-Sender-Description: Symbolic links are not in the payload. symbolic-links.txt lists them (1).

            """,
            await ReadAsync(bag, "bag-info.txt"));
        using var crate = JsonDocument.Parse(await ReadAsync(bag, "ro-crate-metadata.json"));
        string[] ids = [.. crate.RootElement.GetProperty("@graph").EnumerateArray().Select(static one => one.GetProperty("@id").GetString()!)];
        Assert.Contains("data/100%25.txt", ids);
        Assert.Contains("data/ro-crate-metadata.json", ids);
    }

    [Theory]
    [InlineData("tar")]
    [InlineData("zip")]
    public async Task A_bag_has_the_same_bytes_each_time(string format)
    {
        var time = new ShiftedTime();
        await using TestServer server = await TestServer.StartAsync(time: time);
        (string id, _) = await FillAsync(server);

        (await server.Admin.PostAsync($"datasets/{id}/snapshots", new { message = "one" })).Must(201);
        byte[] one = (await server.Admin.GetAsync($"datasets/{id}/archive.{format}?bagit=true&at=1")).Must(200).Bytes;
        time.Jump(TimeSpan.FromDays(3));
        byte[] two = (await server.Admin.GetAsync($"datasets/{id}/archive.{format}?bagit=true&at=1")).Must(200).Bytes;

        Assert.Equal(Blobs.Hash(one), Blobs.Hash(two));
    }

    [Fact]
    public async Task A_bag_of_a_part_says_so_and_an_empty_one_is_complete()
    {
        await using TestServer server = await TestServer.StartAsync();
        (string id, _) = await FillAsync(server);

        var part = Blobs.ReadTar((await server.Admin.GetAsync($"datasets/{id}/archive.tar?bagit=true&path=zero")).Must(200).Bytes)
            .ToDictionary(static one => one.Name, static one => Encoding.UTF8.GetString(one.Bytes));
        var none = Blobs.ReadTar((await server.Admin.GetAsync($"datasets/{id}/archive.tar?bagit=true&prefix=none&crate=false")).Must(200).Bytes)
            .ToDictionary(static one => one.Name, static one => Encoding.UTF8.GetString(one.Bytes));

        Assert.Contains("A part of version 1", part["bagged-1/bag-info.txt"], StringComparison.Ordinal);
        Assert.Contains("Payload-Oxum: 0.1\n", part["bagged-1/bag-info.txt"], StringComparison.Ordinal);
        Assert.Equal(Blobs.Hash("") + "  data/zero\n", part["bagged-1/manifest-sha256.txt"]);
        Assert.Equal(
            ["bagged-1/bag-info.txt", "bagged-1/bagit.txt", "bagged-1/data/", "bagged-1/manifest-sha256.txt", "bagged-1/tagmanifest-sha256.txt"],
            none.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("Payload-Oxum: 0.0\n", none["bagged-1/bag-info.txt"], StringComparison.Ordinal);
        (await server.Admin.GetAsync($"datasets/{id}/archive.tar?bagit=yes")).Must(400);
    }

    /// <summary>A dataset whose names and sizes are unusual.</summary>
    private static async Task<(string Id, Dictionary<string, byte[]> Files)> FillAsync(TestServer server)
    {
        string id = await server.Admin.DatasetAsync("bagged");
        (await server.Admin.PatchAsync($"datasets/{id}", new { title = "Frames of two crystals" })).Must(200);
        var files = new Dictionary<string, byte[]>
        {
            ["100%.txt"] = Blobs.Random(1, 1),
            ["%250A"] = Blobs.Random(2, 511),
            ["back\\slash"] = Blobs.Random(3, 513),
            ["line\nfeed\r.bin"] = Blobs.Random(4, 70_001),
            ["with  two blanks /ünï.bin"] = Blobs.Random(5, 4_097),
            ["deep/" + new string('x', 200) + "/long"] = Blobs.Random(6, 300_007),
            ["ro-crate-metadata.json"] = "mine"u8.ToArray(),
            ["zero"] = [],
        };
        foreach ((string path, byte[] bytes) in files)
        {
            string escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
            (await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/{escaped}", new ByteArrayContent(bytes))).Must(201);
        }

        (await server.Admin.PutAsync($"datasets/{id}/entries/link", "../100%\t", ("Content-Type", "application/x-hutch-link"))).Must(201);
        (await server.Admin.PutAsync($"datasets/{id}/entries/empty", "", ("Content-Type", "application/x-hutch-directory"))).Must(201);
        return (id, files);
    }

    private static async Task<string> UnpackAsync(string folder, string format, byte[] archive)
    {
        string file = Path.Combine(folder, "archive." + format);
        await File.WriteAllBytesAsync(file, archive, Ct);
        if (format == "zip")
        {
            await ZipFile.ExtractToDirectoryAsync(file, folder, Ct);
        }
        else
        {
            Assert.Equal(0, await RunAsync(folder, "tar", "--extract", "--file", file));
        }

        return Assert.Single(Directory.GetDirectories(folder));
    }

    private static Task<string> ReadAsync(string bag, string name) => File.ReadAllTextAsync(Path.Combine(bag, name), Ct);

    private static IEnumerable<string> FilesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path));

    private static async Task<int> RunAsync(string folder, string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder })!;
        await process.WaitForExitAsync(Ct);
        return process.ExitCode;
    }

    [GeneratedRegex(@"^.*[%\\].*$", RegexOptions.Multiline)]
    private static partial Regex EncodedLine();
}
