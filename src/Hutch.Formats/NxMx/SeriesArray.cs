using System.Text.Json.Serialization;
using Hutch.Formats.Frames;

namespace Hutch.Formats.NxMx;

/// <summary>A large array of a master file, such as a pixel mask.</summary>
/// <param name="Name">The name of its data set.</param>
/// <param name="File">The file that holds it.</param>
/// <param name="Path">Its path inside that file.</param>
/// <param name="Type">The type of its numbers.</param>
/// <param name="Shape">Its lengths, slowest first.</param>
public sealed record SeriesArray(
    string Name,
    string File,
    string Path,
    [property: JsonConverter(typeof(JsonStringEnumConverter<ElementType>))] ElementType Type,
    IReadOnlyList<int> Shape);
