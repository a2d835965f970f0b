namespace Hutch.Model;

/// <summary>A page that was just built and is not written yet.</summary>
/// <param name="Level">Its level.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Root">What stands above it.</param>
/// <param name="LastKey">The key of its last line.</param>
/// <param name="OnlyChild">If it has one single line: what that line names.</param>
internal sealed record BuiltPage(int Level, byte[] Bytes, TreeRoot Root, byte[] LastKey, TreeRoot? OnlyChild);
