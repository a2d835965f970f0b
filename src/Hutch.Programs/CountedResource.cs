using System.ComponentModel.DataAnnotations;

namespace Hutch.Programs;

/// <summary>A resource that the site has a fixed number of, such as licences.</summary>
public sealed class CountedResource
{
    /// <summary>The name for `uses` in the documents of programs.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>The number that runs at the same time can take.</summary>
    [Range(1, 10_000)]
    public int Count { get; init; } = 1;
}
