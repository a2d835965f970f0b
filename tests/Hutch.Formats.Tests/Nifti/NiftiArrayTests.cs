using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Nifti;

/// <summary>NIfTI files: as nibabel writes them, and as no one should.</summary>
[Trait("Quick", "no")]
public sealed class NiftiArrayTests
{
    private const int HeaderBytes = 352;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Nifti1Image", "<i2", "(11, 7, 5)", ".nii")]
    [InlineData("Nifti1Image", ">f4", "(11, 7, 5)", ".nii")]
    [InlineData("Nifti1Image", "<u1", "(11, 7, 5, 3)", ".nii.gz")]
    [InlineData("Nifti2Image", "<f8", "(11, 7, 5)", ".nii.gz")]
    [InlineData("Nifti2Image", ">u2", "(11, 7)", ".nii")]
    [InlineData("Nifti1Image", "<c8", "(11, 7, 1, 1)", ".nii")]
    public async Task What_nibabel_wrote_is_read(string kind, string type, string shape, string suffix)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync($"""
            import nibabel
            values = np.random.RandomState(1).randint(0, 200, {shape}).astype('{type}')
            header = nibabel.{kind}.header_class(endianness='{type[0]}')
            header.set_data_dtype('{type}')
            image = nibabel.{kind}(values, np.diag([2, 3, 4, 1]), header)
            image.header.set_xyzt_units('mm', 'sec')
            nibabel.save(image, 'a{suffix}')
            np.save('expected.npy', values.T)
            """);
        await using var contents = new Contents(folder);

        JsonElement layout = await contents.JsonAsync(Ask("a" + suffix, "/.zarray"));
        int rank = layout.GetProperty("shape").GetArrayLength();
        byte[] values = (await contents.BytesAsync(Ask("a" + suffix, "/" + string.Join('.', Enumerable.Repeat("0", rank))))).Value;
        JsonElement attributes = await contents.JsonAsync(Ask("a" + suffix, "/.zattrs"));

        await File.WriteAllBytesAsync(folder["got"], values, Ct);
        await folder.WithH5pyAsync($"""
            expected = np.load('expected.npy').squeeze()
            assert expected.shape == tuple({layout.GetProperty("shape").GetRawText()}), expected.shape
            assert (np.fromfile('got', {layout.GetProperty("dtype").GetRawText()}).reshape(expected.shape) == expected).all()
            """);
        Assert.Equal("mm", attributes.GetProperty("voxel_size_unit").GetString());
        Assert.Equal(("[4,3,2]", "RAS"), (attributes.GetProperty("voxel_size").GetRawText(), attributes.GetProperty("orientation").GetString()));
    }

    [Theory]
    [InlineData("sform")]
    [InlineData("qform")]
    public async Task Where_voxels_are_in_a_person_is_what_nibabel_says(string form)
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync($"""
            import nibabel, json
            said = []
            for i in range(12):
                random = np.random.RandomState(i)
                turn, _ = np.linalg.qr(random.randn(3, 3))
                affine = np.eye(4)
                affine[:3, :3] = turn * random.uniform(0.5, 3, 3)
                affine[:3, 3] = random.randn(3)
                image = nibabel.Nifti1Image(np.zeros((2, 3, 4), 'u1'), None)
                image.set_{form}(affine, 'scanner')
                nibabel.save(image, f'{"{i}"}.nii')
                affine = nibabel.load(f'{"{i}"}.nii').affine
                said.append([affine[:3].tolist(), ''.join(nibabel.aff2axcodes(affine))])
            json.dump(said, open('said.json', 'w'))
            """);
        await using var contents = new Contents(folder);

        foreach ((int i, JsonElement said) in JsonDocument.Parse(await File.ReadAllTextAsync(folder["said.json"], Ct)).RootElement.EnumerateArray().Index())
        {
            JsonElement attributes = await contents.JsonAsync(Ask(i.ToString(CultureInfo.InvariantCulture) + ".nii", "/.zattrs"));

            double[] Numbers(JsonElement rows) => [.. rows.EnumerateArray().SelectMany(static row => row.EnumerateArray()).Select(static number => number.GetDouble())];
            foreach ((double expected, double got) in Numbers(said[0]).Zip(Numbers(attributes.GetProperty("affine"))))
            {
                Assert.Equal(expected, got, 1e-5);
            }

            Assert.Equal(said[1].GetString(), attributes.GetProperty("orientation").GetString());
        }
    }

    [Fact]
    public async Task Scale_offset_time_step_and_description_appear_as_attributes()
    {
        using var folder = new TemporaryFolder();
        await folder.WithH5pyAsync("""
            import nibabel
            image = nibabel.Nifti1Image(np.zeros((2, 3, 4, 5), 'i2'), None)
            image.header.set_slope_inter(0.5, -1024)
            image.header.set_zooms((1, 1, 2, 2.5))
            image.header.set_xyzt_units('mm', 'sec')
            image.header['descrip'] = 'a phantom'
            nibabel.save(image, 'a.nii')
            """);
        await using var contents = new Contents(folder);

        JsonElement attributes = await contents.JsonAsync(Ask("a.nii", "/.zattrs"));

        string[] got = [.. new[] { "scale_factor", "add_offset", "time_step", "time_step_unit", "description" }.Select(name => attributes.GetProperty(name).ToString())];
        Assert.Equal(["0.5", "-1024", "2.5", "s", "a phantom"], got);
        Assert.False(attributes.TryGetProperty("affine", out _));
    }

    [Theory]
    [InlineData(40, 9, "a.nii says that it has 9 axes with the lengths 2, 2, 2, 1, 1, 1, 1.")]
    [InlineData(40, 0, "a.nii says that it has 0 axes with the lengths .")]
    [InlineData(42, -2, "a.nii says that it has 3 axes with the lengths -2, 2, 2.")]
    [InlineData(44, 32000, "a.nii has 16 bytes of numbers; its header says 256000.")]
    [InlineData(70, 1536, "a.nii has values of type 1536, which is not read: integers, floats and complex numbers of up to 64 bits each, and colours are.")]
    [InlineData(110, 0x7fc0, "a.nii says that its numbers begin at byte NaN.")]
    [InlineData(110, 0x4b80, "a.nii has 0 bytes of numbers; its header says 16.")]
    [InlineData(110, unchecked((short)0xc3b0), "a.nii says that its numbers begin at byte -352.")]
    [InlineData(344, 'n' + ('i' << 8), "a.nii is the header of a pair of NIfTI files, whose numbers are in the other one. Make one file of both (.nii).")]
    [InlineData(346, 'x', "a.nii is not an HDF5, MRC, NIfTI, NumPy or TIFF file, or an image")]
    public async Task A_header_that_lies_is_refused(int at, int value, string message)
    {
        using var folder = new TemporaryFolder();
        byte[] file = Small();
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(at), (short)value);
        await File.WriteAllBytesAsync(folder["a.nii"], file, Ct);
        await using var contents = new Contents(folder);

        Assert.StartsWith(message, (await contents.RefusalAsync(Ask("a.nii", "/.zarray"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sizes_that_no_number_holds_are_refused()
    {
        using var folder = new TemporaryFolder();
        byte[] file = Small();
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(40), 7);
        for (int axis = 1; axis <= 7; axis++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(40 + (2 * axis)), short.MaxValue);
        }

        await File.WriteAllBytesAsync(folder["a.nii"], file, Ct);
        await using var contents = new Contents(folder);

        Assert.Equal("a.nii has impossible sizes. The file is damaged.", (await contents.RefusalAsync(Ask("a.nii", "/.zarray"))).Message);
    }

    [Fact]
    public async Task A_packed_file_with_an_impossible_header_or_truncated_or_damaged_bytes_is_refused()
    {
        using var folder = new TemporaryFolder();
        byte[] file = Small();
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(42), 30_000);
        byte[] more = Pack(file);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44), 30_000);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(46), 30_000);
        byte[] lie = Pack(file);
        byte[] broken = Pack([.. Small(), .. Noise(100_000)]);
        broken.AsSpan(600, 5000).Fill(0x55);
        await File.WriteAllBytesAsync(folder["more.nii.gz"], [.. more, .. new byte[1000]], Ct);
        await File.WriteAllBytesAsync(folder["lie.nii.gz"], lie, Ct);
        await File.WriteAllBytesAsync(folder["cut.nii.gz"], Pack(Small())[..^12], Ct);
        await File.WriteAllBytesAsync(folder["broken.nii.gz"], broken, Ct);
        await File.WriteAllBytesAsync(folder["text.gz"], Pack("nothing of the kind"u8.ToArray()), Ct);
        await using var contents = new Contents(folder);

        Assert.Equal(
            $"lie.nii.gz has {lie.Length} bytes, which cannot unpack to the 54000000000000 bytes of numbers that its header says.",
            (await contents.RefusalAsync(Ask("lie.nii.gz", "/.zarray"))).Message);
        Assert.Equal(
            "more.nii.gz ends after 368 bytes, unpacked; its header says that there are more.",
            (await contents.RefusalAsync(Ask("more.nii.gz", "/0.0.0"))).Message);
        Assert.Equal("cut.nii.gz ends in the middle of what gzip packed.", (await contents.RefusalAsync(Ask("cut.nii.gz", "/0.0.0"))).Message);
        Assert.Equal("broken.nii.gz is packed by gzip, and damaged.", (await contents.RefusalAsync(Ask("broken.nii.gz", "/0.0.0"))).Message);
        Assert.Contains("text.gz is not an HDF5, MRC, NIfTI, NumPy or TIFF file, or an image", (await contents.RefusalAsync(Ask("text.gz", "/.zarray"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Any_part_of_a_packed_file_is_read_in_any_order_without_unpacking_all_of_it_again(bool isInParts)
    {
        const int Side = 256;
        const int Planes = 300;
        using var folder = new TemporaryFolder();
        byte[] file = new byte[HeaderBytes + (Side * Side * Planes)];
        Small().AsSpan(0, HeaderBytes).CopyTo(file);
        file[70] = 2; // one byte each
        foreach ((int i, int length) in new[] { Side, Side, Planes }.Index())
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(42 + (2 * i)), (short)length);
        }

        var random = new Random(3);
        for (int i = HeaderBytes; i < file.Length; i++)
        {
            file[i] = (byte)random.Next(1 + (i / 100_000 % 7 * 40));
        }

        byte[] packed = isInParts ? [.. file.Chunk(3_000_000).SelectMany(Pack)] : Pack(file);
        await File.WriteAllBytesAsync(folder["a.nii.gz"], packed, Ct);
        await using var contents = new Contents(folder);

        int[] planes = [299, 0, 150, 151, 7, 299, 298, .. Enumerable.Range(0, 12).Select(_ => random.Next(Planes))];
        foreach ((int turn, int plane) in planes.Index())
        {
            long before = contents.Files.BytesRead;
            byte[] got = (await contents.BytesAsync(Ask("a.nii.gz", $"/.part/{plane},::3,:/0.0"))).Value;

            byte[] expected = [.. Enumerable.Range(0, (Side + 2) / 3).SelectMany(row => file.AsSpan(HeaderBytes + (((plane * Side) + (3 * row)) * Side), Side).ToArray())];
            Assert.Equal(expected, got);
            Assert.InRange(contents.Files.BytesRead - before, 0, turn == 0 ? packed.Length : 6 << 20);
        }
    }

    [Fact]
    public async Task Unpacking_of_a_decompression_bomb_stops_at_the_time_limit_of_the_request()
    {
        using var folder = new TemporaryFolder();
        byte[] file = Small();
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(42), 30_000);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44), 30_000);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(46), 10);
        byte[] zeros = Pack(new byte[64 << 20]);
        await using (FileStream made = File.Create(folder["a.nii.gz"]))
        {
            made.Write(Pack(file));
            for (int i = 0; i < 100; i++)
            {
                made.Write(zeros);
            }
        }

        await using var contents = new Contents(folder);

        HutchError error = await contents.RefusalAsync(Ask("a.nii.gz", "/.part/9,::3000,::3000/0.0") with { MaxSeconds = 1 });

        Assert.Equal(ErrorCode.UnreadableFile, error.Code);
        Assert.Equal(new byte[8], (await contents.BytesAsync(Ask("a.nii.gz", "/.part/0,4:6,4:6/0.0"))).Value);
    }

    /// <summary>Two by two by two numbers of 16 bits.</summary>
    private static byte[] Small()
    {
        byte[] file = new byte[HeaderBytes + 16];
        BinaryPrimitives.WriteInt32LittleEndian(file, 348);
        foreach ((int i, short length) in new short[] { 3, 2, 2, 2, 1, 1, 1, 1 }.Index())
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(40 + (2 * i)), length);
        }

        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(70), 4);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(108), HeaderBytes);
        Encoding.ASCII.GetBytes("n+1").CopyTo(file, 344);
        return file;
    }

    private static byte[] Noise(int bytes)
    {
        byte[] noise = new byte[bytes];
        new Random(5).NextBytes(noise);
        return noise;
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static ContentRequest Ask(string file, string key) => Contents.Ask(ContentQuery.Zarr, file, key);
}
