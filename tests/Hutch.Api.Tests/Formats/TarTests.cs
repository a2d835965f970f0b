using System.Buffers;
using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Api.Tests.Support;
using Hutch.Model;
using Hutch.Model.Tar;

namespace Hutch.Api.Tests.Formats;

/// <summary>The tar parser and writer against noise and against another program's.</summary>
public sealed class TarTests
{
    [Fact]
    public void Noise_is_refused_and_never_thrown_at() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), noise =>
    {
        var block = new byte[UstarHeader.BlockBytes];
        noise.AsSpan(0, Math.Min(noise.Length, block.Length)).CopyTo(block);
        _ = TarHeader.Parse(block);
        _ = TarHeader.ParseExtension(noise);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task A_header_with_any_byte_changed_is_refused_or_says_the_same()
    {
        byte[] tar = await Blobs.Tar(Blobs.Random(1, 100)).ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        TarHeader whole = TarHeader.Parse(tar.AsSpan(0, UstarHeader.BlockBytes)).Value;
        for (int i = 0; i < UstarHeader.BlockBytes; i++)
        {
            byte[] changed = tar[..UstarHeader.BlockBytes];
            changed[i] ^= 0x15;
            Result<TarHeader> read = TarHeader.Parse(changed);
            Assert.True(!read.IsOk || read.Value == whole, $"byte {i}");
        }
    }

    [Theory]
    [InlineData("30 mtime=1700000000.123456789\n", null, null)]
    [InlineData("16 path=blobs/x\n", "blobs/x", null)]
    [InlineData("20 size=12345678901\n", null, 12345678901L)]
    public void Pax_records_give_names_and_sizes(string records, string? path, long? size) =>
        Assert.Equal((path, size), TarHeader.ParseExtension(System.Text.Encoding.UTF8.GetBytes(records)).Value);

    [Theory]
    [InlineData("5 a\n")]
    [InlineData("999 path=x\n")]
    [InlineData("path=x\n")]
    [InlineData("-1 path=x\n")]
    [InlineData("9 path=x")]
    [InlineData("13 size=-100\n")]
    public void Pax_records_that_are_none_are_refused(string records) =>
        Assert.False(TarHeader.ParseExtension(System.Text.Encoding.UTF8.GetBytes(records)).IsOk);

    [Theory]
    [InlineData(-86_400)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(9_223_372_036)]
    public void Another_program_reads_the_time_that_was_written(long seconds)
    {
        var bytes = new ArrayBufferWriter<byte>();
        TarWriter.WriteHeader(bytes, new TarEntry("a", 0) { ModifiedSeconds = seconds });
        using var reader = new System.Formats.Tar.TarReader(new MemoryStream([.. bytes.WrittenSpan, .. new byte[2 * UstarHeader.BlockBytes]]));

        Assert.Equal(seconds, reader.GetNextEntry()!.ModificationTime.ToUnixTimeSeconds());
    }

    [Fact]
    public void Another_program_can_read_the_written_tar_files() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNegativeInt>(), ArbMap.Default.ArbFor<NonEmptyString>(), (seed, name) =>
        {
            string clean = string.Concat(name.Get.Where(c => c is not ('\0' or '\n' or '/' or '\\') && !char.IsSurrogate(c)));
            string path = clean.Length is 0 or > 200 || clean is "." or ".." ? "plain" : clean + "/" + new string('y', seed.Get % 300);
            path = path.TrimEnd('/');
            byte[] bytes = Blobs.Random(seed.Get, seed.Get % 2000);
            var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
            TarWriter.WriteHeader(pipe.Writer, new TarEntry(path, bytes.Length));
            pipe.Writer.Write(bytes);
            TarWriter.WritePadding(pipe.Writer, bytes.Length);
            TarWriter.WriteEnd(pipe.Writer);
            pipe.Writer.Complete();
            Assert.True(pipe.Reader.TryRead(out ReadResult read));

            (string member, _, _, byte[] content) = Assert.Single(Blobs.ReadTar(read.Buffer.ToArray()));
            Assert.Equal(path, member);
            Assert.Equal(bytes, content);
        }).QuickCheckThrowOnFailure();
}
