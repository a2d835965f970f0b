using FsCheck;
using FsCheck.Fluent;
using Hutch.Cluster.Journal;
using Hutch.Model;
using Hutch.Storage;

namespace Hutch.Cluster.Tests.Journal;

public sealed class RowBodiesTests
{
    [Fact]
    public void Reading_with_buffers_of_any_size_gives_the_bodies_in_order() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[][]>(), ArbMap.Default.ArbFor<PositiveInt>(), static (bodies, step) =>
        {
            using RowBodies stream = Stream(bodies);
            var read = new List<byte>();
            var buffer = new byte[step.Get];
            for (int count; (count = stream.Read(buffer)) > 0;)
            {
                read.AddRange(buffer.AsSpan(0, count));
            }

            return read.SequenceEqual(bodies.SelectMany(static body => body)) && stream.Position == stream.Length;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Copying_gives_the_same() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[][]>(), static bodies =>
        {
            using RowBodies stream = Stream(bodies);
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.ToArray().SequenceEqual(bodies.SelectMany(static body => body)) && stream.Length == copy.Length;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Copying_continues_where_reading_ended()
    {
        await using RowBodies stream = Stream([[1, 2, 3], [], [4, 5]]);
        Assert.Equal(2, stream.Read(new byte[2]));
        using var copy = new MemoryStream();

        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);

        Assert.Equal([3, 4, 5], copy.ToArray());
    }

    private static RowBodies Stream(byte[][] bodies) => new(
        [.. bodies.Select(static body => new LogMember(Lane.Main, MemberKey.Blob(BlobHash.Compute(body)), body, 0))]);
}
