using Hutch.Model;
using Hutch.Site.Replication.Copies;

namespace Hutch.Site.Tests.Copies;

/// <summary>What is noted of questions to homes and of writes that were passed on: never too little, whatever was forgotten.</summary>
public sealed class CopyFreshnessTests
{
    private readonly CopyFreshness _freshness = new(TimeProvider.System);
    private readonly PrincipalId _writer = new(Guid.NewGuid());
    private readonly DatasetId _dataset = new(Guid.NewGuid());

    [Fact]
    public void A_question_that_began_before_a_write_is_older_than_it_whenever_it_was_answered()
    {
        FreshnessQuery before = _freshness.BeginQuery();
        _freshness.NoteWrite(_writer, _dataset, isNews: false);
        _freshness.NoteAnswer(_dataset, before);
        bool isNewer = _freshness.QuestionOf(_dataset).Moment > _freshness.WrittenBy(_writer, _dataset);
        _freshness.NoteAnswer(_dataset, _freshness.BeginQuery());
        _freshness.NoteAnswer(_dataset, before);

        Assert.False(isNewer);
        Assert.True(_freshness.QuestionOf(_dataset).Moment > _freshness.WrittenBy(_writer, _dataset));
        Assert.Equal(0, _freshness.WrittenBy(new PrincipalId(Guid.NewGuid()), _dataset));
    }

    [Fact]
    public void Of_a_write_that_is_not_known_any_more_it_is_known_before_when_it_was()
    {
        _freshness.NoteWrite(_writer, _dataset, isNews: false);
        FreshnessQuery next = _freshness.BeginQuery();
        for (int i = 0; i < CopyFreshness.MaxWriters; i++)
        {
            _freshness.NoteWrite(_writer, new DatasetId(Guid.NewGuid()), isNews: false);
        }

        long known = _freshness.WrittenBy(_writer, _dataset);
        for (int i = 0; i < CopyFreshness.MaxWriters; i++)
        {
            _freshness.NoteWrite(_writer, new DatasetId(Guid.NewGuid()), isNews: false);
        }

        Assert.InRange(known, 1, next.Moment);
        Assert.Equal(0, _freshness.WrittenBy(_writer, _dataset));
        Assert.True(_freshness.Forgotten > next.Moment);
        Assert.True(_freshness.BeginQuery().Moment > _freshness.Forgotten);
    }

    [Fact]
    public void What_copies_follow_at_once_is_news_until_a_question_began_after_it()
    {
        FreshnessQuery before = _freshness.BeginQuery();
        long version = _freshness.News.Value;

        _freshness.NoteWrite(_writer, _dataset, isNews: false);
        bool isNews = _freshness.HasNews(_dataset, before);
        _freshness.NoteWrite(_writer, _dataset, isNews: true);

        Assert.False(isNews);
        Assert.True(_freshness.HasNews(_dataset, before));
        Assert.False(_freshness.HasNews(_dataset, _freshness.BeginQuery()));
        Assert.Equal(version + 1, _freshness.News.Value);
    }
}
