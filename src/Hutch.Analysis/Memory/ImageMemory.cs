using System.Globalization;
using Hutch.Model.Memory;

namespace Hutch.Analysis.Memory;

/// <summary>The memory of all decoded images of a process: a frame of a megabyte may unpack to a gigabyte.</summary>
/// <inheritdoc cref="CountedMemory"/>
public sealed class ImageMemory(long maxBytes, long maxAccountBytes = long.MaxValue, Func<string>? account = null)
    : CountedMemory(maxBytes, maxAccountBytes, account)
{
    /// <summary>The least share of an account, if the whole memory has so much: an image of 16 million pixels takes half of it.</summary>
    private const long UsualAccountBytes = 512 << 20;

    /// <summary>A quarter of what the process may have.</summary>
    public static long UsualBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;

    /// <summary>The usual share of an account: a quarter of the memory, but not less than one large image needs.</summary>
    public static long UsualBytesOfAccount(long maxBytes) => Math.Min(maxBytes, Math.Max(maxBytes / 4, UsualAccountBytes));

    /// <summary>The mask that was read last, small enough not to count; null before there is one.</summary>
    internal PackedMask? LastMask { get; set; }

    protected override HutchError Refuse(string what, long bytes, long limit, bool isOfAccount) => ErrorCode.TooLarge.With(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{what} takes {bytes >> 20} MiB of memory to analyse; the limit {(isOfAccount ? "of an account " : "")}is {limit >> 20} MiB. ")
        + $"An operator can raise it: 'analysis.{(isOfAccount ? "maxAccountImageMegabytes" : "maxImageMegabytes")}'.");
}
