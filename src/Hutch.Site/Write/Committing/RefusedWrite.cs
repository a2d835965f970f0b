using System.Globalization;

namespace Hutch.Site.Write.Committing;

/// <summary>The errors for a write that the server's disk refuses: with numbers when it is full.</summary>
internal static class RefusedWrite
{
    public static HutchError From(StorageRefusedException refused, string rest) => refused is StorageFullException full
        ? new HutchError(
            ErrorCode.InsufficientStorage,
            $"No space left on the server's disk: {full.Message}. {rest}",
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["neededBytes"] = full.NeededBytes.ToString(CultureInfo.InvariantCulture),
                ["freeBytes"] = full.FreeBytes.ToString(CultureInfo.InvariantCulture),
                ["reserveBytes"] = full.ReserveBytes.ToString(CultureInfo.InvariantCulture),
            })
        : (refused.Advice is { } advice ? ErrorCode.Unavailable with { Advice = advice } : ErrorCode.Unavailable)
            .With($"{refused.Message} {rest}");
}
