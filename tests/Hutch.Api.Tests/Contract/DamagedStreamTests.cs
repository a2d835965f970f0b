using System.IO.Compression;
using System.Text;
using Hutch.Api.Tests.Support;

namespace Hutch.Api.Tests.Contract;

/// <summary>Streams of versions some of whose bytes were spoiled in the segments.</summary>
public sealed class DamagedStreamTests
{
    [Trait("Quick", "no")]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_names_its_damaged_files_and_contains_all_others(bool isKnown)
    {
        await using TestServer server = await TestServer.StartAsync();
        (string id, Dictionary<string, byte[]> files) = await StreamTests.FillAsync(server);
        byte[] huge = Blobs.Random(7, 20 << 20);
        (await server.Admin.SendAsync(HttpMethod.Put, $"datasets/{id}/entries/huge", new ByteArrayContent(huge))).Must(201);
        (await server.Admin.PutAsync($"datasets/{id}/entries/missing.TXT", "a file of this name")).Must(201);
        await server.RestartAsync(() =>
        {
            Spoil(server.Folder, files["d/ünï.bin"].AsSpan(100, 40));
            Spoil(server.Folder, huge.AsSpan((20 << 20) - 100, 40));
        });
        if (isKnown)
        {
            await server.Admin.GetAsync($"datasets/{id}/entries/d/%C3%BCn%C3%AF.bin");
        }

        Answer fetched = (await server.Admin.PostLinesAsync(
            $"datasets/{id}/fetch", Blobs.Hash(files["d/ünï.bin"]), Blobs.Hash(files["a.txt"]))).Must(200);
        Assert.Equal(
            ["missing/" + Blobs.Hash(files["d/ünï.bin"]), "blobs/" + Blobs.Hash(files["a.txt"])],
            Blobs.ReadTar(fetched.Bytes).Select(member => member.Name));
        Assert.DoesNotContain("made-room", fetched.Text, StringComparison.Ordinal);

        Answer tar = (await server.Admin.GetAsync($"datasets/{id}/archive.tar")).Must(200);
        var members = Blobs.ReadTar(tar.Bytes).ToDictionary(member => member.Name, member => member.Bytes);
        Assert.Equal(files["large"], members["large"]);
        Assert.Equal(files["a.txt"], members["a.txt"]);
        Assert.DoesNotContain("d/ünï.bin", members.Keys);
        string list = Encoding.UTF8.GetString(members["MISSING-1.txt"]);
        Assert.Contains($"'d/ünï.bin'  sha256:{Blobs.Hash(files["d/ünï.bin"])}\n", list, StringComparison.Ordinal);
        Assert.Contains($"'huge'  sha256:{Blobs.Hash(huge)}  in the archive, but not whole: zeros from byte ", list, StringComparison.Ordinal);
        int good = int.Parse(list.Split("from byte ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal([.. huge.AsSpan(0, good), .. new byte[huge.Length - good]], members["huge"]);

        Answer zipped = (await server.Admin.GetAsync($"datasets/{id}/archive.zip")).Must(200);
        using var zip = new ZipArchive(new MemoryStream(zipped.Bytes), ZipArchiveMode.Read);
        Assert.Null(zip.GetEntry("d/ünï.bin"));
        Assert.Equal(files["large"].Length, zip.GetEntry("large")!.Length);
        using (var reader = new StreamReader(zip.GetEntry("MISSING-1.txt")!.Open()))
        {
            Assert.Contains("'d/ünï.bin'", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        Assert.Equal(files.Count + 2 + 2 - 1 + 1, zip.Entries.Count);

        // A bag without the damaged file must not pass for complete: its manifest names the file.
        Answer bag = (await server.Admin.GetAsync($"datasets/{id}/archive.tar?bagit=true")).Must(200);
        var bagged = Blobs.ReadTar(bag.Bytes).ToDictionary(
            member => member.Name["archive-1/".Length..], member => Encoding.UTF8.GetString(member.Bytes));
        Assert.DoesNotContain("data/d/ünï.bin", bagged.Keys);
        Assert.Contains($"{Blobs.Hash(files["d/ünï.bin"])}  data/d/ünï.bin\n", bagged["manifest-sha256.txt"], StringComparison.Ordinal);
        Assert.Contains($"{Blobs.Hash(huge)}  data/huge\n", bagged["manifest-sha256.txt"], StringComparison.Ordinal);
        Assert.Contains(
            $"{Blobs.Hash(bagged["MISSING.txt"])}  MISSING.txt\n", bagged["tagmanifest-sha256.txt"], StringComparison.Ordinal);
    }

    private static void Spoil(string folder, ReadOnlySpan<byte> bytes)
    {
        foreach (string file in Directory.GetFiles(Path.Combine(folder, "segments"), "*.tar"))
        {
            byte[] all = File.ReadAllBytes(file);
            int at = all.AsSpan().IndexOf(bytes);
            if (at >= 0)
            {
                all[at] ^= 1;
                File.WriteAllBytes(file, all);
                return;
            }
        }

        throw new InvalidOperationException("The bytes are in no segment.");
    }
}
