using System.Text.Json.Serialization;
using Hutch.Model;

namespace Hutch.Contracts;

/// <summary>Somebody asks to read a dataset.</summary>
public sealed record AccessRequestInfo
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Name of the dataset, <c>owner/slug</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Who asks.</summary>
    public required string User { get; init; }

    /// <summary>Their name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>What they say.</summary>
    public required string Text { get; init; }

    /// <summary>When they asked.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary><c>open</c>, or <c>denied</c>. One that was granted is gone.</summary>
    public required string State { get; init; }

    /// <summary>When it was denied.</summary>
    public DateTimeOffset? Denied { get; init; }

    /// <summary>When somebody who was denied may ask again.</summary>
    public DateTimeOffset? AgainAfter { get; init; }
}

/// <summary>Asks to read a dataset.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AskAccess
{
    /// <summary>What those who decide should know, at most 500 characters.</summary>
    public string? Text { get; init; }
}

/// <summary>Grants or denies a request.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AnswerAccess
{
    /// <summary>Whether it is granted.</summary>
    public required bool Granted { get; init; }

    /// <summary>The right that is given: <c>read</c> (default), <c>derive</c>, <c>write</c> or <c>manage</c>.</summary>
    public string? Right { get; init; }
}
