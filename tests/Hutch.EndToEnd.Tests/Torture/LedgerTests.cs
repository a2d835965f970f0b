using Hutch.Model;

namespace Hutch.EndToEnd.Tests.Torture;

/// <summary>The judge must be able to find somebody guilty.</summary>
public sealed class LedgerTests
{
    private static readonly BlobHash A = Content.Hash("a"u8);
    private static readonly BlobHash B = Content.Hash("b"u8);

    [Fact]
    public void What_was_acknowledged_must_be_there()
    {
        Ledger ledger = new();
        ledger.Send(("x", A));
        ledger.Acknowledge();

        Assert.Empty(ledger.Compare(Found(("x", A))));
        Assert.Single(ledger.Compare(Found(("x", B))));
        Assert.Single(ledger.Compare(Found()));
    }

    [Fact]
    public void A_file_that_was_never_written_is_reported()
    {
        Assert.Single(new Ledger().Compare(Found(("x", A))));
    }

    [Fact]
    public void An_unanswered_change_may_be_there_or_not_but_then_stays_so()
    {
        Ledger done = new();
        done.Send(("x", A), ("y", B));
        Assert.Empty(done.Compare(Found(("x", A), ("y", B))));
        Assert.Equal(2, done.Compare(Found()).Count());

        Ledger undone = new();
        undone.Send(("x", A), ("y", B));
        Assert.Empty(undone.Compare(Found()));
        Assert.Equal(2, undone.Compare(Found(("x", A), ("y", B))).Count());
    }

    [Fact]
    public void Half_of_an_unanswered_change_is_a_difference()
    {
        Ledger ledger = new();
        ledger.Send(("x", A), ("y", B));

        Assert.Single(ledger.Compare(Found(("x", A))));
    }

    [Fact]
    public void An_unanswered_removal_may_have_happened_or_not()
    {
        Ledger ledger = new();
        ledger.Send(("x", A));
        ledger.Acknowledge();
        ledger.Send(("x", null));

        Assert.Empty(ledger.Compare(Found()));
        Assert.Equal(1, ledger.Survived);
    }

    private static Dictionary<string, BlobHash> Found(params (string Path, BlobHash Hash)[] files) =>
        files.ToDictionary(file => file.Path, file => file.Hash);
}
