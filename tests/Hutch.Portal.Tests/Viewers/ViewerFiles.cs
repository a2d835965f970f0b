using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
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
        foreach ((string path, byte[] bytes) in Pictures().Concat(Trees()).Concat(Texts()).Concat(Documents()))
        {
            await Site.RequestAsync(HttpMethod.Put, $"datasets/{Id}/entries/{path}", new ByteArrayContent(bytes), token);
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

    private static IEnumerable<(string Path, byte[] Bytes)> Texts()
    {
        yield return ("texts/fit.py", "def fit(rings):\n    return \"<script>top.stolen = 1</script>\"  # why\n"u8.ToArray());
        var log = new StringBuilder();
        for (int i = 0; i < 20_000; i++)
        {
            log.Append(CultureInfo.InvariantCulture, $"12:00:00 {(i == 9_876 ? "ERROR lost" : "INFO kept")} frame {i} of this long run\n");
        }

        yield return ("texts/run.log", Encoding.ASCII.GetBytes(log.ToString()));
        yield return ("texts/endless.log", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("x€", 200_000))));
        yield return ("texts/fit.ipynb", Encoding.UTF8.GetBytes("""
            {"nbformat": 4, "metadata": {"language_info": {"name": "python"}}, "cells": [
              {"cell_type": "markdown", "source": ["# Fit of the rings\n", "with $q = 2\\pi / d$ <script>top.stolen = 1</script>"]},
              {"cell_type": "code", "execution_count": 1, "source": "import numpy as np", "outputs": [
                {"output_type": "execute_result", "data": {"text/html": "<style>td { color: red }</style><table style='color: red'><tr><td onclick='top.stolen = 1'>31.2</td></tr></table><img src=x onerror='top.stolen = 1'><script>top.stolen = 1</script>"}},
                {"output_type": "display_data", "data": {"application/javascript": "top.stolen = 1", "text/plain": "<Plot>"}},
                {"output_type": "display_data", "data": {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='40' onload='top.stolen = 1'><rect width='60' height='40' fill='teal'/></svg>"}}]}]}
            """));
        yield return ("texts/wrong.ipynb", "{\"nbformat\": 4}"u8.ToArray());
    }

    private static IEnumerable<(string Path, byte[] Bytes)> Documents()
    {
        yield return ("documents/report.pdf", Pdf("0 0 612 792", "Rings of ceria", "The second page"));
        yield return ("documents/vast.pdf", Pdf("0 0 9e9 9e9", "Nobody prints this"));
        yield return ("documents/busy.pdf", BusyPdf());
        yield return ("documents/wrong.pdf", [.. "hello\0 hello"u8]);
        yield return ("documents/film.webm", File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "data", "film.webm")));
        yield return ("documents/wrong.mp4", [.. "hello\0 hello"u8]);
    }

    /// <summary>A document with a picture of 50 million points, whose colours are computed one by one.</summary>
    private static byte[] BusyPdf()
    {
        const int Side = 7000;
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.SmallestSize))
        {
            for (int row = 0; row < Side; row++)
            {
                deflate.Write(new byte[2 * Side]);
            }
        }

        string picture = Convert.ToHexString(packed.ToArray());
        string colours = "{ " + string.Concat(Enumerable.Repeat("exch sin cos exch cos sin ", 20)) + "dup }";
        return Pdf(
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Count 1/Kids[6 0 R]>>",
            $"<</Type/XObject/Subtype/Image/Width {Side}/Height {Side}/BitsPerComponent 8/ColorSpace[/DeviceN[/A/B]/DeviceRGB 4 0 R]"
                + $"/Filter[/ASCIIHexDecode/FlateDecode]/Length {picture.Length}>>stream\n{picture}\nendstream",
            $"<</FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1]/Length {colours.Length}>>stream\n{colours}\nendstream",
            "<</Length 30>>stream\nq 400 0 0 400 50 50 cm /I Do Q\nendstream",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 5 0 R/Resources<</XObject<</I 3 0 R>>>>>>",
        ]);
    }

    /// <summary>A document with a line on each page, and a script that it asks to run.</summary>
    private static byte[] Pdf(string box, params string[] pages)
    {
        List<string> objects =
        [
            "<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>",
            $"<</Type/Pages/Count {pages.Length}/Kids[{string.Join(' ', pages.Select((_, i) => $"{5 + (2 * i)} 0 R"))}]>>",
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ];
        foreach (string words in pages)
        {
            string drawn = $"0.1 0.4 0.5 rg 60 700 200 40 re f BT /F 24 Tf 72 650 Td ({words}) Tj ET";
            objects.Add($"<</Length {drawn.Length}>>stream\n{drawn}\nendstream");
            objects.Add($"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents {objects.Count} 0 R/Resources<</Font<</F 3 0 R>>>>>>");
        }

        return Pdf(objects);
    }

    private static byte[] Pdf(List<string> objects)
    {
        var text = new StringBuilder("%PDF-1.7\n");
        var table = new StringBuilder($"xref\n0 {objects.Count + 1}\n0000000000 65535 f \n");
        for (int i = 0; i < objects.Count; i++)
        {
            table.Append(CultureInfo.InvariantCulture, $"{text.Length:0000000000} 00000 n \n");
            text.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }

        int begin = text.Length;
        return Encoding.ASCII.GetBytes($"{text}{table}trailer<</Size {objects.Count + 1}/Root 1 0 R>>\nstartxref\n{begin}\n%%EOF\n");
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
