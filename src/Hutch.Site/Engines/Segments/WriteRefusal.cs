namespace Hutch.Site.Engines.Segments;

/// <summary>The reason why a data folder over a bucket must not acknowledge a write.</summary>
/// <param name="Message">A sentence.</param>
/// <param name="Advice">What to do about it.</param>
public sealed record WriteRefusal(string Message, string Advice);
