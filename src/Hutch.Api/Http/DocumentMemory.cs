using Hutch.Model.Memory;

namespace Hutch.Api.Http;

/// <summary>
/// The memory of all metadata documents that are being read and stored: a megabyte of JSON with many keys takes a multiple of it. One
/// account has half of it at most.
/// </summary>
internal sealed class DocumentMemory(long maxBytes, Func<string> account) : CountedMemory(maxBytes, maxBytes / 2, account)
{
    /// <summary>The bytes for each byte of a document: its text in the journal, in the records and in memory.</summary>
    private const int OfByte = 6;

    /// <summary>The bytes for each key, value, begin and end of a list or an object.</summary>
    private const int OfToken = 48;

    public static long CostOf(JsonShape shape) => (OfByte * shape.Bytes) + (OfToken * shape.Tokens);

    protected override HutchError Refuse(string what, long bytes, long limit, bool isOfAccount) => ErrorCode.TooLarge.With(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{what} takes {bytes >> 20} MiB of memory to store; the limit of an account is {limit >> 20} MiB. ")
        + "An operator can raise it: 'api.documentMegabytes'.");
}
