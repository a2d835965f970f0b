using System.ComponentModel.DataAnnotations;

namespace Hutch.Programs;

/// <summary>A resource of the site of which there is a number, such as the licences of a program.</summary>
public sealed class CountedResource
{
    /// <summary>The name for `uses` in the documents of programs.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>The number that runs at the same time can take.</summary>
    [Range(1, 10_000)]
    public int Count { get; init; } = 1;
}
