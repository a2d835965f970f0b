using System.Text;
using Hutch.Model;
using Hutch.Objects.Http;

namespace Hutch.Client.Tests.Http;

/// <summary>A line stream comes in blocks of whole lines, however its bytes arrive.</summary>
public sealed class LineBlocksTests
{
    private const string End = "{\"end\":true,\"count\":0}\n";

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 100)]
    [InlineData(3, 100_000)]
    [InlineData(4, 10_000_000)]
    public async Task Blocks_have_all_lines_and_only_whole_ones(int seed, int mostBytes)
    {
        var random = new Random(seed);
        string[] lines = [.. Enumerable.Range(0, 200).Select(i => new string((char)('a' + (i % 26)), random.Next(seed * 1000)) + "\n")];

        Assert.Equal(string.Concat(lines), await ReadAsync(string.Concat(lines) + End, mostBytes));
    }

    [Fact]
    public async Task A_line_may_be_longer_than_a_block()
    {
        string text = "short\n" + new string('x', 900_000) + "\nshort\n";

        Assert.Equal(text, await ReadAsync(text + End, 70_000));
    }

    [Fact]
    public async Task A_line_without_an_end_is_refused() =>
        await Assert.ThrowsAsync<BadAnswerException>(() => ReadAsync(new string('x', 20_000_000), 1_000_000));

    [Fact]
    public async Task A_stream_that_is_cut_anywhere_is_refused()
    {
        string text = "one\ntwo\n" + End;
        for (int length = 0; length < text.Length; length++)
        {
            await Assert.ThrowsAsync<BadAnswerException>(() => ReadAsync(text[..length], 5));
        }
    }

    [Fact]
    public async Task The_reason_of_an_early_end_is_thrown()
    {
        HutchException refusal = await Assert.ThrowsAsync<HutchException>(
            () => ReadAsync("one\n{\"end\":false,\"problem\":{\"type\":\"x\",\"title\":\"x\",\"status\":404,\"code\":\"not-found\",\"detail\":\"Lost.\"}}\n", 7));

        Assert.Equal(404, refusal.Error.Code.Status);
    }

    private static async Task<string> ReadAsync(string text, int mostBytes)
    {
        using var blocks = new LineBlocks(new HttpResponseMessage(), new SlowStream(Encoding.UTF8.GetBytes(text), mostBytes));
        var all = new StringBuilder();
        while (await blocks.NextAsync(TestContext.Current.CancellationToken) is { IsEmpty: false } block)
        {
            Assert.Equal((byte)'\n', block.Span[^1]);
            all.Append(Encoding.UTF8.GetString(block.Span));
        }

        return all.ToString();
    }

    private sealed class SlowStream(byte[] bytes, int mostBytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, mostBytes)], cancellationToken);
    }
}
