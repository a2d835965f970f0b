using System.Text.Json;

namespace Hutch.Site.Runs;

/// <param name="Frame">Its number, from 1.</param>
/// <param name="Row">A JSON object; the member <c>error</c> says that the frame failed.</param>
public readonly record struct FrameResult(long Frame, JsonElement Row);
