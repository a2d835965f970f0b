using Hutch.Federation.Keys;
using Hutch.Model;
using Hutch.Model.Histories;
using Hutch.Model.Site;
using Hutch.Model.Zone;
using Hutch.Site.Copies;

namespace Hutch.Federation.Copies;

/// <summary>
/// Brings one dataset here once: its history, then the pages of its trees, then the blobs that these name, and one group of records at the
/// end. Nothing is believed: everything is compared with a hash that was known before. See docs/decisions/0174-homes-and-copies.md.
/// </summary>
internal sealed class CopyTransfer(IHomePeer home, ICopyLedger ledger, CopyIntake intake, CopyOrder order, TimeProvider time)
{
    /// <summary>Brings what is new, and says what is here then; a refusal says why it stopped, and who said something wrong.</summary>
    public async Task<Result<CopyProgress>> RunAsync(CancellationToken ct)
    {
        try
        {
            return await BringAsync(ct);
        }
        catch (HutchException e)
        {
            return Blame(e.Error);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return ErrorCode.Unavailable.With($"The connection to {home.Name} broke: {e.Message.TrimEnd('.')}. It goes on later.");
        }
    }

    private async Task<Result<CopyProgress>> BringAsync(CancellationToken ct)
    {
        CopyOrigin? before = await intake.FindAsync(order.Dataset, ct);
        Result<SignedHistory?> asked = await AskAsync(before?.History, ct);
        if (!asked.IsOk)
        {
            return asked.Error;
        }

        if (asked.Value is not { } signed)
        {
            return new CopyProgress(CopyStates.Complete, before!.History, null, null, null, 0, 0, null);
        }

        History history = signed.History;
        if (await intake.WhyNoRoomAsync(history, order.Owner, ct) is { } noRoom)
        {
            return noRoom;
        }

        Result<SiteSession> begun = await intake.BeginAsync(order.Dataset, ct);
        if (!begun.IsOk)
        {
            return begun.Error;
        }

        SentBefore sent = await intake.ReadSentAsync(history, home.Key, ct);
        var pages = new PageTransfer(home, intake, begun.Value, history, sent);
        Result<Done> came = await pages.RunAsync(ct);
        if (!came.IsOk)
        {
            return Blame(came.Error);
        }

        var teller = new CopyTeller(ledger, history, pages.Files, pages.Bytes, time);
        came = await new BlobTransfer(home, intake, begun.Value, pages, sent, teller).RunAsync(ct);
        if (!came.IsOk)
        {
            return Blame(came.Error);
        }

        Result<SiteDataset> complete = await intake.CompleteAsync(
            begun.Value, history, new CopyTerms(order.Dataset, order.Owner, order.Slug, home.Key, signed.Epoch), ct);
        return complete.IsOk ? Complete(history, pages) : Blame(complete.Error);
    }

    private static CopyProgress Complete(History history, PageTransfer pages) => new(
        CopyStates.Complete, history.Hash, history.Snapshots.Count > 0 ? history.Snapshots[^1].Number : null, pages.Files, pages.Bytes,
        pages.Files, pages.Bytes, null);

    private async Task<Result<SignedHistory?>> AskAsync(BlobHash? known, CancellationToken ct)
    {
        Result<OfferedHistory?> offered = await home.HistoryAsync(order.Dataset, known, ct);
        if (!offered.IsOk)
        {
            return offered.Error;
        }

        if (offered.Value is not { } offer)
        {
            return known is not null
                ? (SignedHistory?)null
                : Blame(ErrorCode.Unprocessable.With("It sent no history, and there is none here."));
        }

        await using Stream document = offer.Document;
        Result<HistoryStatement> signed = HistoryStatement.Read(home.Key, offer.Statement, offer.Signature);
        if (!signed.TryGet(out HistoryStatement? statement, out HutchError? fault)
            || (fault = Check(statement)) is not null)
        {
            return Blame(fault);
        }

        Result<History> read = await ReadAsync(document, statement.History, ct);
        return read.IsOk
            ? read.Value.Dataset.Id == order.Dataset
                ? new SignedHistory(read.Value, statement.Epoch)
                : Blame(ErrorCode.Unprocessable.With($"Its history is of another dataset, {read.Value.Dataset.Id}."))
            : Blame(read.Error);
    }

    private HutchError? Check(HistoryStatement statement) =>
        statement.Zone != order.Zone ? ErrorCode.Unprocessable.With($"The statement of its history is for another zone, {statement.Zone}.")
        : statement.Receiver != order.Receiver ? ErrorCode.Unprocessable.With("The statement of its history is for another site.")
        : statement.Dataset != order.Dataset
            ? ErrorCode.Unprocessable.With($"The statement of its history is for another dataset, {statement.Dataset}.")
        : statement.Epoch != order.Epoch ? ErrorCode.Unprocessable.With(
            $"The statement of its history is for epoch {statement.Epoch}, but the zone says {order.Epoch}.")
        : null;

    private static async Task<Result<History>> ReadAsync(Stream document, BlobHash expected, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (await document.ReadAsync(buffer, ct) is > 0 and int read)
        {
            if (bytes.Length + read > History.MaxBytes)
            {
                return ErrorCode.TooLarge.With($"Its history has more than {History.MaxBytes} bytes.");
            }

            bytes.Write(buffer, 0, read);
        }

        ReadOnlyMemory<byte> whole = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        var actual = BlobHash.Of(whole.Span);
        return actual == expected
            ? History.Parse(whole)
            : ErrorCode.DigestMismatch.With($"Its history has the SHA-256 {actual}, and it has signed {expected}.");
    }

    /// <summary>Says who it was, unless it was this site: its disk, or a quota here.</summary>
    private HutchError Blame(HutchError fault) =>
        fault.Code == ErrorCode.Unavailable || fault.Code == ErrorCode.InsufficientStorage || fault.Code == ErrorCode.OutcomeUnknown
            || fault.Code == ErrorCode.Quarantined || fault.Code == ErrorCode.Internal
            ? fault
            : fault with { Message = $"From {home.Name}: {fault.Message}" };

    private sealed record SignedHistory(History History, long Epoch);
}

/// <summary>The dataset that this site is to have.</summary>
/// <param name="Zone">The id of the zone.</param>
/// <param name="Receiver">The fingerprint of this site's key.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="Owner">Who owns it, as the zone says.</param>
/// <param name="Slug">Its name within the owner's, as the zone says.</param>
/// <param name="Epoch">The epoch of its home, as the zone says.</param>
internal sealed record CopyOrder(string Zone, BlobHash Receiver, DatasetId Dataset, string Owner, string Slug, long Epoch);
