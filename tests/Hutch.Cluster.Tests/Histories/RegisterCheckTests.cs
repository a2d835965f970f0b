using FsCheck;
using FsCheck.Fluent;
using Hutch.Testing.Histories;

namespace Hutch.Cluster.Tests.Histories;

public sealed class RegisterCheckTests
{
    [Fact]
    public void Reads_of_the_current_value_or_one_being_written_have_no_faults()
    {
        RegisterOperation[] history =
        [
            Read(null, 1, 2),
            Write("a", 3, 8),
            Read("a", 4, 5),
            Write("b", 9, 20),
            Read("a", 10, 12),
            Read("b", 11, 13),
            Read("b", 21, 22),
        ];

        Assert.Empty(RegisterCheck.FindFaults(history));
    }

    [Fact]
    public void A_read_of_what_was_replaced_is_found() =>
        Assert.Contains("when it was a all the time", Assert.Single(RegisterCheck.FindFaults([Write("a", 1, 2), Write("b", 3, 4), Read("a", 5, 6)])), StringComparison.Ordinal);

    [Fact]
    public void A_write_that_was_acknowledged_and_lost_is_found() =>
        Assert.Contains("nothing", Assert.Single(RegisterCheck.FindFaults([Write("a", 1, 2), Read(null, 3, 4)])), StringComparison.Ordinal);

    [Fact]
    public void A_value_that_comes_and_goes_again_is_found() =>
        Assert.NotEmpty(RegisterCheck.FindFaults([Write("a", 1, 2), Write("b", 3, 10), Read("b", 4, 5), Read("a", 6, 7)]));

    [Fact]
    public void A_read_of_a_value_that_was_never_written_is_found() =>
        Assert.Equal(["x was read, and nobody wrote it."], RegisterCheck.FindFaults([Read("x", 1, 2)]));

    [Fact]
    public void A_read_from_the_future_is_found() =>
        Assert.Contains("before it was written", Assert.Single(RegisterCheck.FindFaults([Read("a", 1, 2), Write("a", 3, 4)])), StringComparison.Ordinal);

    [Fact]
    public void A_write_of_unknown_outcome_may_be_seen_late_or_never()
    {
        RegisterOperation unknown = new(true, "a", 1, RegisterOperation.Never);

        Assert.Empty(RegisterCheck.FindFaults([unknown, Write("b", 2, 3), Read("b", 4, 5)]));
        Assert.Empty(RegisterCheck.FindFaults([unknown, Write("b", 2, 3), Read("b", 4, 5), Read("a", 6, 7)]));
        Assert.NotEmpty(RegisterCheck.FindFaults([unknown, Write("b", 2, 3), Read("a", 4, 5), Read("b", 6, 7), Read("a", 8, 9)]));
    }

    [Fact]
    public void It_judges_as_a_search_through_all_orders_does()
    {
        int right = 0;
        int wrong = 0;
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            seed =>
            {
                RegisterOperation[] history = AnyHistory(new System.Random(seed));
                bool expected = HasOrder([.. history], null, []);
                _ = expected ? right++ : wrong++;
                return expected == (RegisterCheck.FindFaults(history).Count == 0);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

        Assert.True(right > 1000 && wrong > 1000, $"{right} right, {wrong} wrong");
    }

    private static RegisterOperation Read(string? value, long begun, long ended) => new(false, value, begun, ended);

    private static RegisterOperation Write(string value, long begun, long ended) => new(true, value, begun, ended);

    /// <summary>Up to seven operations at any times, some of them right by chance.</summary>
    private static RegisterOperation[] AnyHistory(System.Random random)
    {
        int count = random.Next(1, 8);
        int[] times = [.. Enumerable.Range(1, 2 * count)];
        random.Shuffle(times);
        var operations = new RegisterOperation[count];
        for (int i = 0; i < count; i++)
        {
            (long begun, long ended) = (Math.Min(times[2 * i], times[(2 * i) + 1]), Math.Max(times[2 * i], times[(2 * i) + 1]));
            bool isWrite = random.Next(2) == 0;
            operations[i] = isWrite
                ? Write($"{i}", begun, random.Next(5) == 0 ? RegisterOperation.Never : ended)
                : Read(null, begun, ended);
        }

        string?[] values = [null, .. operations.Where(static operation => operation.IsWrite).Select(static operation => operation.Value)];
        return [.. operations.Select(one => one.IsWrite ? one : one with { Value = values[random.Next(values.Length)] })];
    }

    /// <summary>
    /// Whether the operations can be put in an order in which each read gives what was written last, and none comes before one that had
    /// ended when it began. What was not answered may be left out.
    /// </summary>
    private static bool HasOrder(List<RegisterOperation> left, string? value, HashSet<string> seen)
    {
        if (left.TrueForAll(static operation => operation.Ended == RegisterOperation.Never))
        {
            return true;
        }

        if (!seen.Add(string.Join(',', left.Select(static operation => operation.Begun)) + "|" + value))
        {
            return false;
        }

        long firstEnd = left.Min(static operation => operation.Ended);
        return left.Exists(next =>
            next.Begun < firstEnd
            && (next.IsWrite || next.Value == value)
            && HasOrder([.. left.Where(other => !ReferenceEquals(other, next))], next.IsWrite ? next.Value : value, seen));
    }
}
