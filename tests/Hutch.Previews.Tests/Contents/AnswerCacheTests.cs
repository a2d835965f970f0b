using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Previews.Contents;

namespace Hutch.Previews.Tests.Contents;

/// <summary>What answers may take of the memory, and how long they stay.</summary>
public sealed class AnswerCacheTests
{
    private const int Budget = 1 << 20;
    private const int Large = 200 << 10;

    private readonly AnswerCache _cache = new(Budget);

    [Fact]
    public void What_was_asked_longest_ago_makes_room()
    {
        foreach (int number in Enumerable.Range(1, 5))
        {
            Give(number);
        }

        Assert.True(IsKept(1));
        Give(6);
        Assert.False(IsKept(2));
        Assert.True(IsKept(1));
        Assert.True(IsKept(6));
    }

    [Fact]
    public void Entries_being_sent_keep_their_memory()
    {
        AnswerCache.Entry[] sent = [.. Enumerable.Range(1, 5).Select(number => _cache.Take(Question(number), Large)!)];

        Assert.Null(_cache.Take(Question(6), Large));
        sent[0].Dispose();
        Assert.NotNull(_cache.Take(Question(6), Large));
    }

    [Fact]
    public void An_entry_invalidated_while_being_sent_counts_until_it_is_sent()
    {
        foreach (int number in Enumerable.Range(1, 5))
        {
            Give(number);
        }

        AnswerCache.Entry[] sent = [.. Enumerable.Range(1, 5).Select(Find)];
        _cache.Invalidate(sent[0]);

        Assert.False(IsKept(1));
        Assert.Null(_cache.Take(Question(6), Large));
        sent[0].Dispose();
        Assert.NotNull(_cache.Take(Question(6), Large));
    }

    [Fact]
    public void A_later_answer_to_the_same_question_takes_the_place_of_the_earlier()
    {
        Give(1);
        AnswerCache.Entry earlier = Find(1);
        Give(1);

        AnswerCache.Entry later = Find(1);

        Assert.NotSame(earlier, later);
    }

    [Theory]
    [InlineData((Budget / 4) - 1024, true)]
    [InlineData((Budget / 4) - 1023, false)]
    public void No_answer_takes_more_than_a_quarter(int bytes, bool isTaken) => Assert.Equal(isTaken, _cache.Take(Question(1), bytes) is not null);

    [Fact]
    public void Small_answers_are_counted_too()
    {
        int taken = Enumerable.Range(1, 2000).Count(number => _cache.Take(Question(number), 1) is not null);

        Assert.InRange(taken, 1000, 1024);
    }

    private void Give(int number)
    {
        using AnswerCache.Entry entry = _cache.Take(Question(number), Large)!;
        _cache.Add(entry);
    }

    private AnswerCache.Entry Find(int number)
    {
        Assert.True(_cache.TryFind(Question(number), out AnswerCache.Entry? entry));
        return entry;
    }

    private bool IsKept(int number)
    {
        bool isKept = _cache.TryFind(Question(number), out AnswerCache.Entry? entry);
        entry?.Dispose();
        return isKept;
    }

    private static AnswerCache.AnswerKey Question(int number) => new(
        new DatasetId(Guid.Empty), "version", new ContentRequest { Question = ContentQuery.Data, File = "a.h5", Path = $"/{number}" });
}
