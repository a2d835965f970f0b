using FsCheck;
using FsCheck.Fluent;
using Hutch.Model;
using Hutch.Site.Platform.Servers;
using Hutch.Testing.Clocks;

namespace Hutch.Site.Tests.Servers;

/// <summary>A ticket is good for one question to one life of one server, for half a minute, once; and an answer for its question.</summary>
public sealed class ServerTicketTests
{
    private const string Question = "folder-bytes?dataset=d&version=v&offset=0&length=10";

    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    private readonly ShiftedTime _time = new();
    private readonly SiteServer _target = new(Guid.NewGuid(), "target", IsThis: false, Starts: 7, TimeSpan.Zero);

    [Fact]
    public void A_ticket_is_taken_once()
    {
        ServerTickets target = Target();
        string header = Asker().Issue(_target, Question).Header;

        Result<ServerTicket> first = target.Take(header, Question);
        Result<ServerTicket> second = target.Take(header, Question);

        Assert.True(first.IsOk);
        Assert.Equal("The ticket was used before.", second.Error!.Message);
    }

    [Theory]
    [InlineData(-30, true)]
    [InlineData(-31, false)]
    [InlineData(30, true)]
    [InlineData(60, true)]
    [InlineData(61, false)]
    public void A_ticket_is_good_as_long_as_clocks_may_differ_and_no_longer(int seconds, bool isGood)
    {
        string header = Asker().Issue(_target, Question).Header;
        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(isGood, Target().Take(header, Question).IsOk);
    }

    [Fact]
    public void What_was_taken_is_known_for_as_long_as_it_is_good()
    {
        ServerTickets target = Target();
        string header = Asker().Issue(_target, Question).Header;
        Assert.True(target.Take(header, Question).IsOk);

        for (int second = 0; second < 120; second++)
        {
            Assert.False(target.Take(header, Question).IsOk);
            Assert.True(target.Take(Asker().Issue(_target, Question).Header, Question).IsOk);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void A_ticket_for_another_server_or_an_earlier_life_is_refused()
    {
        ServerTickets asker = Asker();

        Assert.False(Target().Take(asker.Issue(_target with { Id = Guid.NewGuid() }, Question).Header, Question).IsOk);
        Assert.False(Target().Take(asker.Issue(_target with { Starts = 6 }, Question).Header, Question).IsOk);
    }

    [Fact]
    public void A_ticket_or_proof_made_with_another_key_is_refused()
    {
        var stranger = new ServerTickets(new byte[32], Guid.NewGuid(), 1, _time);
        ServerTicket own = Asker().Issue(_target, Question);

        Assert.False(Target().Take(stranger.Issue(_target, Question).Header, Question).IsOk);
        Assert.False(own.IsProof(stranger.Issue(_target, Question).Prove(200, "bytes"u8), 200, "bytes"u8));
    }

    [Fact]
    public void One_letter_more_less_or_other_and_the_ticket_is_refused() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNegativeInt>(), ArbMap.Default.ArbFor<char>(), (at, letter) =>
        {
            string header = Asker().Issue(_target, Question).Header;
            int place = at.Get % header.Length;
            string changed = header[..place] + letter + header[(place + 1)..];
            int inQuestion = at.Get % Question.Length;
            return (changed == header || !Target().Take(changed, Question).IsOk)
                && !Target().Take(header.Insert(place, letter.ToString()), Question).IsOk
                && !Target().Take(header.Remove(place, 1), Question).IsOk
                && !Target().Take(header, Question.Insert(inQuestion, letter.ToString())).IsOk
                && !Target().Take(header, Question.Remove(inQuestion, 1)).IsOk;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("Hutch-Server ", "Hutch-Server \v")]
    [InlineData(".7.", ".07.")]
    public void White_space_and_zeros_that_a_parser_would_skip_are_refused(string written, string changed)
    {
        string header = Asker().Issue(_target, Question).Header;
        string other = header.Replace(written, changed, StringComparison.Ordinal);

        Assert.NotEqual(header, other);
        Assert.False(Target().Take(other, Question).IsOk);
    }

    [Fact]
    public void A_proof_is_of_one_answer_to_one_ticket()
    {
        ServerTicket ticket = Asker().Issue(_target, Question);
        string proof = Target().Take(ticket.Header, Question).Value.Prove(200, "bytes"u8);

        Assert.True(ticket.IsProof(proof, 200, "bytes"u8));
        Assert.False(ticket.IsProof(proof, 200, "byte"u8));
        Assert.False(ticket.IsProof(proof, 410, "bytes"u8));
        Assert.False(ticket.IsProof(null, 200, "bytes"u8));
        Assert.False(Asker().Issue(_target, Question).IsProof(proof, 200, "bytes"u8));
    }

    private ServerTickets Asker() => new(Key, Guid.NewGuid(), 1, _time);

    private ServerTickets Target() => new(Key, _target.Id, _target.Starts, _time);
}
