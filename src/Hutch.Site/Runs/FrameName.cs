using System.Globalization;

namespace Hutch.Site.Runs;

/// <summary>The names of frames: images count from 1, six digits or more, at the root of the dataset.</summary>
public static class FrameName
{
    public const int MinDigits = 6;

    public const int MaxDigits = 9;

    public static string Of(long number) => number.ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>Reads the number out of the path of a frame of the first channel; false for any other entry.</summary>
    public static bool TryParse(string path, out int number)
    {
        ArgumentNullException.ThrowIfNull(path);
        number = 0;
        return path.Length is >= MinDigits and <= MaxDigits
            && !path.AsSpan().ContainsAnyExceptInRange('0', '9')
            && int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0
            && path == Of(number);
    }
}
