using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Arrays;

public sealed class NumpyFileTests
{
    [Fact]
    public void The_format_never_changes()
    {
        byte[] file = NumpyFile.Write(new NumericArray(ElementType.UInt16, [2, 3], new byte[] { 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0 }));

        Assert.Equal(128 + 12, file.Length);
        Assert.Equal("934E554D5059010076007B276465736372273A20273C7532272C2027666F727472616E5F6F72646572273A2046616C73652C2027736861706527"
            + "3A2028322C2033292C207D", Convert.ToHexString(file[..69]));
        Assert.Equal((byte)'\n', file[127]);
    }

    [Fact]
    public async Task Numpy_reads_what_we_write()
    {
        using var folder = new TemporaryFolder();
        float[] numbers = [1.5f, -2, 3, 4, 5, 6];
        byte[] file = NumpyFile.Write(new NumericArray(ElementType.Float32, [3, 2], MemoryMarshal.AsBytes<float>(numbers).ToArray()));
        await File.WriteAllBytesAsync(folder["a.npy"], file, TestContext.Current.CancellationToken);

        string seen = await Python.RunAsync("import numpy, sys; a = numpy.load(sys.argv[1]); print(a.dtype, a.shape, a.tolist())", folder["a.npy"]);

        Assert.Equal("float32 (3, 2) [[1.5, -2.0], [3.0, 4.0], [5.0, 6.0]]", seen);
    }

    [Fact]
    public async Task We_read_what_numpy_writes()
    {
        using var folder = new TemporaryFolder();
        await Python.RunAsync("import numpy, sys; numpy.save(sys.argv[1], numpy.arange(7, dtype='u4'))", folder["a.npy"]);

        NumericArray array = NumpyFile.Read(await File.ReadAllBytesAsync(folder["a.npy"], TestContext.Current.CancellationToken)).Value;

        Assert.Equal([7], array.Shape);
        Assert.Equal([0u, 1, 2, 3, 4, 5, 6], array.As<uint>().ToArray());
        Assert.Throws<InvalidOperationException>(() => array.As<double>().Length);
    }

    /// <summary>Case 106: the particles of cryoSPARC (.cs) are such a file.</summary>
    [Fact]
    public async Task A_table_of_records_is_refused_with_its_fields()
    {
        using var folder = new TemporaryFolder();
        await Python.RunAsync(
            "import numpy, sys; numpy.save(sys.argv[1], numpy.zeros(4, [('uid', '<u8'), ('blob/shape', '<u4', (2,)), ('ctf/df1_A', '<f4')]))", folder["a.npy"]);

        HutchError refused = NumpyFile.Read(await File.ReadAllBytesAsync(folder["a.npy"], TestContext.Current.CancellationToken)).Error!;

        Assert.Contains("a structured array) with the fields 'uid', 'blob/shape', 'ctf/df1_A'.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_type_and_shape_comes_back()
    {
        foreach (ElementType type in Enum.GetValues<ElementType>())
        {
            foreach (int[] shape in new[] { [], [4], new[] { 2, 3 }, [2, 1, 5] })
            {
                byte[] bytes = new byte[shape.Aggregate(type.Size(), static (product, length) => product * length)];
                new Random(1).NextBytes(bytes);
                NumericArray back = NumpyFile.Read(NumpyFile.Write(new NumericArray(type, shape, bytes))).Value;
                Assert.Equal(type, back.Type);
                Assert.Equal(bytes, back.Bytes.ToArray());
                Assert.Equal(shape, back.Shape);
            }
        }
    }

    [Fact]
    public void Damaged_files_are_refused_not_thrown()
    {
        byte[] good = NumpyFile.Write(new NumericArray(ElementType.UInt16, [2, 3], new byte[12]));
        Prop.ForAll(Gen.Choose(0, good.Length - 1).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (at, value) =>
        {
            byte[] damaged = (byte[])good.Clone();
            damaged[at] = (byte)value;
            _ = NumpyFile.Read(damaged).IsOk;
            return !NumpyFile.Read(damaged.AsMemory(0, at)).IsOk;
        }).QuickCheckThrowOnFailure();
        Assert.Equal(ErrorCode.UnreadableFile, NumpyFile.Read("not numpy at all"u8.ToArray()).Error!.Code);
    }
}
