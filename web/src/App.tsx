import { lazy, Suspense } from "react";
import { BrowserRouter, Navigate, Route, Routes, useLocation } from "react-router";
import { portalRoot } from "./api/base";
import { Loading } from "./components/Loading";
import { ProblemAlert } from "./components/ProblemAlert";
import { DatasetsPage } from "./datasets/DatasetsPage";
import { LoginPage } from "./session/LoginPage";
import { ReloginDialog } from "./session/ReloginDialog";
import { SessionProvider, useSession } from "./session/session";
import { NotFoundPage } from "./shell/NotFoundPage";
import { Shell } from "./shell/Shell";

const DatasetPage = lazy(() => import("./dataset/DatasetPage"));
const FilesTab = lazy(() => import("./files/FilesTab"));
const CreateDatasetPage = lazy(() => import("./datasets/CreateDatasetPage"));

/** All pages. The first ones are here, the rest come when they are needed. */
export function App() {
  return (
    <BrowserRouter basename={portalRoot === "/" ? "/" : portalRoot.slice(0, -1)}>
      <SessionProvider>
        <Suspense fallback={<Loading />}>
          <Routes>
            <Route path="/login" element={<LoginPage />} />
            <Route element={<MembersOnly />}>
              <Route path="/" element={<DatasetsPage view="all" />} />
              <Route path="/shared" element={<DatasetsPage view="shared" />} />
              <Route path="/trash" element={<DatasetsPage view="trash" />} />
              <Route path="/new" element={<CreateDatasetPage />} />
              <Route path="/datasets/:id" element={<DatasetPage />}>
                <Route index element={<FilesTab />} />
                <Route path="files/*" element={<FilesTab />} />
              </Route>
              <Route path="*" element={<NotFoundPage />} />
            </Route>
          </Routes>
        </Suspense>
        <ReloginDialog />
      </SessionProvider>
    </BrowserRouter>
  );
}

/** Whoever is not logged in goes to the login, and comes back. */
function MembersOnly() {
  const { me, isLoading, error } = useSession();
  const { pathname, search } = useLocation();
  if (isLoading) return <Loading />;
  if (error)
    return <ProblemAlert error={error} title="The server does not answer" onRetry={() => window.location.reload()} />;
  if (!me) return <Navigate to={`/login?return=${encodeURIComponent(pathname + search)}`} replace />;
  return <Shell />;
}
