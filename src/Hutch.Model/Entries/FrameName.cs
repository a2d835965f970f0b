namespace Hutch.Model;

/// <summary>The names of frames: numbers from 1 with six digits or more, at the root of the dataset.</summary>
public static class FrameName
{
    public const int MinDigits = 6;

    public const int MaxDigits = 9;

    /// <summary>The entry next to the frames that describes them.</summary>
    public const string Header = "header";

    /// <summary>The folder of the header's large arrays, such as the mask.</summary>
    public const string HeaderFolder = "header.d";

    public static string For(long number) => number.ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>Parses the number from the path of a frame of the first channel; false for any other entry.</summary>
    public static bool TryParse(string path, out int number)
    {
        number = 0;
        return path.Length is >= MinDigits and <= MaxDigits
            && !path.AsSpan().ContainsAnyExceptInRange('0', '9')
            && int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0
            && path == For(number);
    }

    /// <summary>Returns true if an entry describes all frames of a dataset: the header and its arrays.</summary>
    public static bool IsOfHeader(string path)
    {
        return path == Header || path.StartsWith(HeaderFolder + "/", StringComparison.Ordinal);
    }
}
