using System.Buffers.Binary;
using System.Text;
using Hutch.Portal.Tests.Support;

namespace Hutch.Portal.Tests.Viewers;

/// <summary>A site with one dataset that has a file for each viewer, some of them hostile; shared by the tests that only look.</summary>
public sealed class ViewerFiles : IAsyncLifetime
{
    private PortalSite? _site;

    internal PortalSite Site => _site ?? throw new InvalidOperationException("The site is not started.");

    /// <summary>The dataset.</summary>
    public string Id { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _site = await PortalSite.StartAsync();
        string token = await Site.UserAsync("ada");
        Id = await Site.DatasetAsync("viewers", token);
        foreach ((string path, byte[] bytes) in Pictures().Concat(Trees()))
        {
            await Site.AskAsync(HttpMethod.Put, $"datasets/{Id}/entries/{path}", new ByteArrayContent(bytes), token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_site is not null)
        {
            await _site.DisposeAsync();
        }
    }

    private static IEnumerable<(string Path, byte[] Bytes)> Pictures()
    {
        for (int i = 8; i <= 12; i++)
        {
            yield return ($"tilts/tilt_{i}.bmp", Bitmap(320, 200, i * 20));
        }

        yield return ("tilts/notes.txt", "measured\n"u8.ToArray());
        yield return ("odd/renamed.cbf", [0x89, .. "HDF\r\n\x1a\n"u8, 0, 0]);
    }

    private static IEnumerable<(string Path, byte[] Bytes)> Trees()
    {
        yield return ("trees/deep.json", Encoding.ASCII.GetBytes(new string('[', 100_000)));
        yield return ("trees/recipe.yaml", """
            # What is done with each scan
            name: tomography
            started: 1763632800123456789
            defaults: &defaults
              threads: 4
              filter: ramp
            steps:
              - {step: normalise, with: *defaults}
              - {step: reconstruct, with: *defaults}
            """u8.ToArray());
        yield return ("trees/wrong.yaml", "a: [1\nb: 2\n"u8.ToArray());
        var bomb = new StringBuilder("l0: &l0 [lol]\n");
        for (int level = 1; level < 40; level++)
        {
            bomb.Append($"l{level}: &l{level} [{string.Join(", ", Enumerable.Repeat($"*l{level - 1}", 9))}]\n");
        }

        yield return ("trees/bomb.yaml", Encoding.ASCII.GetBytes(bomb.ToString()));
    }

    /// <summary>A bright bar on a grey ground, as a bitmap of 24 bits.</summary>
    private static byte[] Bitmap(int width, int height, int bar)
    {
        byte[] file = new byte[54 + (width * height * 3)];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        file[10] = 54;
        file[14] = 40;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        file[26] = 1;
        file[28] = 24;
        for (int at = 0; at < width * height; at++)
        {
            file.AsSpan(54 + (at * 3), 3).Fill((byte)(Math.Abs((at % width) - bar) < 12 ? 230 : 90));
        }

        return file;
    }
}
