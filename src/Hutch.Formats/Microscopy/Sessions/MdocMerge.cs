namespace Hutch.Formats.Microscopy.Sessions;

internal static class MdocMerge
{
    private const double SameDegrees = 0.1;
    private const double SameMicrometres = 0.01;
    private const double SameShare = 0.01;

    /// <summary>Joins the numbers that two files state of one movie. Numbers that contradict each other are left out.</summary>
    /// <param name="isOfMovie">True if the second one is the movie's own: the pixels of a stack may be binned.</param>
    public static (MdocExposure Exposure, bool IsEqual) Merge(MdocExposure one, MdocExposure other, bool isOfMovie)
    {
        bool isEqual = true;
        MdocExposure merged = one with
        {
            Tilt = Agree(one.Tilt, other.Tilt, SameDegrees, ref isEqual),
            TargetDefocus = Agree(one.TargetDefocus, other.TargetDefocus, SameMicrometres, ref isEqual),
            Dose = Agree(one.Dose, other.Dose, SameShare * (one.Dose ?? 0), ref isEqual),
            PixelSize = isOfMovie
                ? other.PixelSize ?? one.PixelSize
                : Agree(one.PixelSize, other.PixelSize, SameShare * (one.PixelSize ?? 0), ref isEqual),
            Frames = one.Frames ?? other.Frames,
            NavigatorLabel = one.NavigatorLabel ?? other.NavigatorLabel,
            Voltage = one.Voltage ?? other.Voltage,
            Acquired = one.Acquired ?? other.Acquired,
        };
        return (
            one.GainReference is null
                ? merged with
                {
                    GainReference = other.GainReference,
                    HasGainSize = other.HasGainSize,
                    HasGainOrientation = other.HasGainOrientation,
                }
                : merged,
            isEqual);
    }

    /// <summary>
    /// The dose up to the end of each exposure, by its index. None is known if one exposure lacks its time or dose, since it may have been
    /// before all others.
    /// </summary>
    public static Dictionary<int, double> Accumulate(NamedExposure[] exposures)
    {
        var accumulated = new Dictionary<int, double>();
        if (exposures.Any(static one => one.Exposure.Acquired is null || one.Exposure.Dose is null))
        {
            return accumulated;
        }

        double dose = 0;
        foreach (int index in Enumerable.Range(0, exposures.Length)
            .OrderBy(index => exposures[index].Exposure.Acquired).ThenBy(index => exposures[index].Exposure.Number))
        {
            dose += exposures[index].Exposure.Dose!.Value;
            accumulated[index] = dose;
        }

        return accumulated;
    }

    private static double? Agree(double? one, double? other, double tolerance, ref bool isEqual)
    {
        if (one is { } first && other is { } second && Math.Abs(first - second) > tolerance)
        {
            isEqual = false;
            return null;
        }

        return one ?? other;
    }
}
