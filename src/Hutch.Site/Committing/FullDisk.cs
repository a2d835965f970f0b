using System.Globalization;
using Hutch.Model;
using Hutch.Storage;

namespace Hutch.Site.Committing;

/// <summary>The refusal of a write when the server's disk is full, with numbers.</summary>
internal static class FullDisk
{
    /// <summary>The refusal; <paramref name="rest"/> says what became of the write.</summary>
    public static HutchError Refusal(StorageFullException full, string rest) => new(
        ErrorCode.InsufficientStorage,
        $"No space left on the server's disk: {full.Message}. {rest}",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["neededBytes"] = full.NeededBytes.ToString(CultureInfo.InvariantCulture),
            ["freeBytes"] = full.FreeBytes.ToString(CultureInfo.InvariantCulture),
            ["reserveBytes"] = full.ReserveBytes.ToString(CultureInfo.InvariantCulture),
        });
}
