using System.Buffers;

namespace Hutch.Server.Tests;

/// <summary>The memory that bodies pass through: lent once at a time, used again, and not kept beyond a bound.</summary>
public sealed class BlockPoolTests : IDisposable
{
    private readonly BlockPool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(BlockPool.BlockBytes)]
    public void Whatever_is_asked_for_is_one_block(int bytes)
    {
        using IMemoryOwner<byte> block = _pool.Rent(bytes);

        Assert.Equal(BlockPool.BlockBytes, block.Memory.Length);
    }

    [Fact]
    public void More_than_a_block_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(BlockPool.BlockBytes + 1));

    [Fact]
    public void A_returned_block_is_rented_again()
    {
        IMemoryOwner<byte> first = _pool.Rent();
        first.Memory.Span[0] = 42;
        first.Dispose();
        Assert.Equal(1, _pool.IdleBlocks);

        using IMemoryOwner<byte> second = _pool.Rent();

        Assert.Equal(42, second.Memory.Span[0]);
        Assert.Equal(0, _pool.IdleBlocks);
    }

    [Fact]
    public void A_block_that_is_given_back_twice_is_lent_once()
    {
        IMemoryOwner<byte> block = _pool.Rent();
        block.Dispose();
        block.Dispose();

        Assert.Equal(1, _pool.IdleBlocks);
        Assert.Throws<ObjectDisposedException>(() => block.Memory);
    }

    [Fact]
    public void The_pool_retains_at_most_16_MiB_of_idle_blocks()
    {
        IMemoryOwner<byte>[] many = [.. Enumerable.Range(0, 300).Select(_ => _pool.Rent())];

        Array.ForEach(many, static block => block.Dispose());

        Assert.Equal((16 << 20) / BlockPool.BlockBytes, _pool.IdleBlocks);
    }

    [Fact]
    public void All_connections_share_one_pool_which_no_part_of_the_server_can_end()
    {
        MemoryPool<byte> first = _pool.Create();
        first.Dispose();

        Assert.Same(_pool, first);
        Assert.Same(_pool, _pool.Create());
        using IMemoryOwner<byte> block = _pool.Rent();
        Assert.Equal(BlockPool.BlockBytes, block.Memory.Length);
    }

    [Fact]
    public async Task Blocks_that_are_lent_at_the_same_time_are_never_the_same()
    {
        const int Rounds = 2000;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(mark => Task.Run(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                using IMemoryOwner<byte> block = _pool.Rent();
                block.Memory.Span.Fill((byte)mark);
                Assert.Equal(-1, block.Memory.Span.IndexOfAnyExcept((byte)mark));
            }
        })));

        Assert.InRange(_pool.IdleBlocks, 1, 4);
    }
}
