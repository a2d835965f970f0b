using Hutch.Federation.Keys;
using Hutch.Model.Histories;

namespace Hutch.Federation.Copies;

/// <summary>The history of a dataset, signed by its home for this zone, site and dataset and the epoch that the zone says.</summary>
internal sealed class HistorySource(IHomePeer home, CopyOrder order)
{
    /// <summary>Requests the history; null if it is still the known one. An error in it names the sender.</summary>
    public async Task<Result<CheckedHistory?>> RequestAsync(BlobHash? known, CancellationToken ct)
    {
        Result<OfferedHistory?> offered = await home.HistoryAsync(order.Dataset, known, ct);
        return offered.IsOk ? await CheckAsync(offered.Value, known, ct) : offered.Error;
    }

    /// <summary>Checks an offered history; null if it is still the known one.</summary>
    public async Task<Result<CheckedHistory?>> CheckAsync(OfferedHistory? offered, BlobHash? known, CancellationToken ct) =>
        offered is not null ? (await ReadAsync(offered, ct)).Then<CheckedHistory?>(static history => history)
        : known is not null ? (CheckedHistory?)null
        : HomeFault.Blame(home, ErrorCode.Unprocessable.With("It sent no history, and there is none here."));

    private async Task<Result<CheckedHistory>> ReadAsync(OfferedHistory offer, CancellationToken ct)
    {
        await using Stream document = offer.Document;
        Result<HistoryStatement> signed = HistoryStatement.Read(home.Key, offer.Statement, offer.Signature);
        if (!signed.TryGet(out HistoryStatement? statement, out HutchError? fault)
            || (fault = Check(statement)) is not null)
        {
            return HomeFault.Blame(home, fault);
        }

        Result<History> read = await ReadAsync(document, statement.History, ct);
        return read.IsOk
            ? read.Value.Dataset.Id == order.Dataset
                ? new CheckedHistory(read.Value, statement.Epoch)
                : HomeFault.Blame(home, ErrorCode.Unprocessable.With($"Its history is of another dataset, {read.Value.Dataset.Id}."))
            : HomeFault.Blame(home, read.Error);
    }

    private HutchError? Check(HistoryStatement statement)
    {
        if (statement.Zone != order.Zone)
        {
            return ErrorCode.Unprocessable.With($"The statement of its history is for another zone, {statement.Zone}.");
        }

        if (statement.Receiver != order.Receiver)
        {
            return ErrorCode.Unprocessable.With("The statement of its history is for another site.");
        }

        if (statement.Dataset != order.Dataset)
        {
            return ErrorCode.Unprocessable.With($"The statement of its history is for another dataset, {statement.Dataset}.");
        }

        if (statement.Epoch != order.Epoch)
        {
            return ErrorCode.Unprocessable.With(
                $"The statement of its history is for epoch {statement.Epoch}, but the zone says {order.Epoch}.");
        }

        return null;
    }

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
        var actual = BlobHash.Compute(whole.Span);
        return actual == expected
            ? History.Parse(whole)
            : ErrorCode.DigestMismatch.With($"Its history has the SHA-256 {actual}, and it has signed {expected}.");
    }
}

internal sealed record CheckedHistory(History History, long Epoch);
