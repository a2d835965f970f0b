using Hutch.Federation.Wire;
using Hutch.Model.Sites;

namespace Hutch.Federation.Keys;

/// <summary>
/// The statement that the home of a dataset signs about its history: zone, receiver, dataset, epoch and document. Its bytes begin with
/// their purpose, so they serve no other. It outlives the connection, so a lie of the home can be proved.
/// </summary>
/// <param name="History">The SHA-256 of the history.</param>
internal sealed record HistoryStatement(string Zone, BlobHash Receiver, DatasetId Dataset, long Epoch, BlobHash History)
{
    private const string Kind = "hutch-site-1 history";
    private const int Lines = 8;
    private const int MaxBytes = 4096;

    public byte[] Write(SiteKey signer, DateTimeOffset time) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{Kind}\nzone {Zone}\nsigner {Convert.ToBase64String(signer.PublicKey)}\nreceiver {Receiver}\ndataset {Dataset}\n")
        + string.Create(CultureInfo.InvariantCulture, $"epoch {Epoch}\nhistory {History}\ntime {time.UtcDateTime:O}"));

    /// <summary>Reads a statement that the site with a fingerprint has signed; a refusal when it has not.</summary>
    public static Result<HistoryStatement> Read(BlobHash signer, ReadOnlySpan<byte> statement, ReadOnlySpan<byte> signature)
    {
        if (statement.Length > MaxBytes)
        {
            return Reject("is too long");
        }

        string[] lines = Encoding.ASCII.GetString(statement).Split('\n');
        if (lines.Length != Lines || lines[0] != Kind
            || Value(lines[1], "zone") is not { } zone
            || Value(lines[2], "signer") is not { } signerKey || Base64Field.Read(signerKey) is not { } key
            || !BlobHash.TryParse(Value(lines[3], "receiver"), out BlobHash receiver)
            || !DatasetId.TryParse(Value(lines[4], "dataset"), out DatasetId dataset)
            || !long.TryParse(Value(lines[5], "epoch"), NumberStyles.None, CultureInfo.InvariantCulture, out long epoch)
            || epoch is < 1 or > HomeRecord.MaxEpoch
            || !BlobHash.TryParse(Value(lines[6], "history"), out BlobHash history)
            || Value(lines[7], "time") is null)
        {
            return Reject("cannot be read");
        }

        return SiteSignature.IsSigned(signer, key, statement, signature)
            ? new HistoryStatement(zone, receiver, dataset, epoch, history)
            : Reject("is not signed with its key");
    }

    private static string? Value(string line, string name) =>
        line.StartsWith(name + " ", StringComparison.Ordinal) ? line[(name.Length + 1)..] : null;

    private static HutchError Reject(string fault) => ErrorCode.Unprocessable.With($"The statement of its history {fault}.");
}
