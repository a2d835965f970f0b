namespace Hutch.Client.Configuration;

/// <summary>Hutch's folders of a user. See https://specifications.freedesktop.org/basedir-spec/latest/.</summary>
public static class UserFolders
{
    /// <summary>Hutch's folder of a kind; it may not exist.</summary>
    /// <param name="variable">The variable that names the parent, such as <c>XDG_STATE_HOME</c>; a relative path in it is ignored.</param>
    /// <param name="otherwise">The parent below the home folder when the variable names none.</param>
    public static string Find(Func<string, string?> environment, string variable, string otherwise)
    {
        ArgumentNullException.ThrowIfNull(environment);
        string? parent = environment(variable);
        if (string.IsNullOrEmpty(parent) || !Path.IsPathRooted(parent))
        {
            parent = Path.Combine(environment("HOME") ?? environment("USERPROFILE") ?? "/", otherwise);
        }

        return Path.Combine(parent, "hutch");
    }
}
