using Hutch.Client.Configuration;

namespace Hutch.DataLadClient;

/// <summary>Lets git in at a server for one command, without a line in a file.</summary>
public static class GitAccess
{
    /// <summary>The settings of git that do it; git gets them in its environment.</summary>
    /// <exception cref="HutchException">There is a token, and git would send it in the open, or cannot check the server.</exception>
    public static IReadOnlyList<(string Name, string Value)> To(Connection connection)
    {
        RemoteAddress.RefuseOpenToken(connection.Remote, connection.Token);
        if (connection.Trust is { Fingerprint: not null, CaFile: null })
        {
            throw ErrorCode.BadRequest.With(
                "git cannot check a server by its fingerprint. Name the file of its certificate: HUTCH_CA=FILE.").ToException();
        }

        string server = connection.Remote.GetLeftPart(UriPartial.Authority);
        List<(string, string)> settings = [("core.hooksPath", "/dev/null")];
        if (connection.Token is { } token)
        {
            string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("hutch:" + token));
            settings.Add(($"http.{server}.extraHeader", "Authorization: Basic " + basic));
        }

        if (connection.Trust?.CaFile is { } ca)
        {
            settings.Add(($"http.{server}.sslCAInfo", ca));
        }

        return settings;
    }
}
