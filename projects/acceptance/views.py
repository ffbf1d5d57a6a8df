"""Task sheets over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import NotFound
from jianzhu.web.views import NounView
from projects.acceptance import commands, errors, photos
from projects.acceptance.models import Photo, TaskSheet
from projects.acceptance.photos import Picture
from projects.acceptance.serializers import (
    AcceptanceAsked,
    InspectionAsked,
    PhotoList,
    PhotoShown,
    RejectionAsked,
    SignatureAsked,
    SignatureShown,
    TaskSheetAsked,
    TaskSheetHistoryShown,
    TaskSheetPage,
    TaskSheetShown,
)
from projects.acceptance.steps import Draft
from projects.scheduling.models import WorkPackage
from workers_app.people import queries as people
from workers_app.terms import queries as terms


def _shown(row: TaskSheet) -> dict[str, Any]:
    return dict(TaskSheetShown(row).data)


class TaskSheetsView(NounView):
    """What crews made, and what was accepted of it."""

    noun = "task_sheet"
    verbs = {"GET": "read", "POST": "draft"}

    @extend_schema(operation_id="task_sheets_list", responses=TaskSheetPage)
    def get(self, request: Request) -> Response:
        rows = TaskSheet.objects.filter(policy.whose(self.actor, "task_sheet", "read"))
        return self.listing(rows, _shown)

    @extend_schema(
        operation_id="task_sheets_draft", request=TaskSheetAsked, responses={201: TaskSheetShown}
    )
    def post(self, request: Request) -> Response:
        new = Draft(**self.taken(TaskSheetAsked))
        self._refuse_strangers(new)
        row = commands.draft(new=new, actor=self.actor, at=self.at)
        return Response(_shown(row), status=201)

    def _refuse_strangers(self, new: Draft) -> None:
        """The package is the project's, and somebody of the crew has terms on it in these days."""
        policy.require(self.actor, "task_sheet", "draft", project_id=new.project_id)
        packages = WorkPackage.objects.filter(pk=new.work_package_id, project_id=new.project_id)
        if not packages.exists():
            raise NotFound(noun="work_package")
        crew = people.workers_of_crews([new.crew_id], new.work_from, new.work_to)
        if not terms.rates(crew, new.project_id, new.work_from, new.work_to):
            raise NotFound(noun="crew")


class OfSheetView(NounView):
    """Something about one task sheet."""

    noun = "task_sheet"

    def sheet(self, pk: int) -> TaskSheet:
        """The sheet, when it is the asker's to read."""
        where = policy.whose(self.actor, "task_sheet", "read")
        row = TaskSheet.objects.filter(where, pk=pk).first()
        if row is None:
            raise NotFound(noun=self.noun)
        return row


class TaskSheetView(OfSheetView):
    verbs = {"GET": "read"}

    @extend_schema(operation_id="task_sheets_read", responses=TaskSheetShown)
    def get(self, request: Request, pk: int) -> Response:
        return Response(_shown(self.sheet(pk)))


class TaskSheetHistoryView(OfSheetView):
    """Its inspections, photos and signatures, of every revision."""

    verbs = {"GET": "read"}

    @extend_schema(operation_id="task_sheets_history", responses=TaskSheetHistoryShown)
    def get(self, request: Request, pk: int) -> Response:
        return Response(TaskSheetHistoryShown(self.sheet(pk)).data)


class TaskSheetSubmissionView(NounView):
    """Handed to the accepting side; the silence clock runs."""

    noun = "task_sheet"
    verbs = {"POST": "submit"}

    @extend_schema(operation_id="task_sheets_submit", request=None, responses={201: TaskSheetShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.submit(sheet_id=pk, actor=self.actor, at=self.at)
        return Response(_shown(row), status=201)


class TaskSheetInspectionView(NounView):
    noun = "task_sheet"
    verbs = {"POST": "inspect"}

    @extend_schema(
        operation_id="task_sheets_inspect",
        request=InspectionAsked,
        responses={201: TaskSheetShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(InspectionAsked)
        row = commands.inspect(sheet_id=pk, **said, actor=self.actor, at=self.at)
        return Response(_shown(row), status=201)


class TaskSheetAcceptanceView(NounView):
    """The whole, or a part with the defect of the rest."""

    noun = "task_sheet"
    verbs = {"POST": "accept"}

    @extend_schema(
        operation_id="task_sheets_accept",
        request=AcceptanceAsked,
        responses={201: TaskSheetShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(AcceptanceAsked)
        if "accepted_thousandths" in said:
            row = commands.accept_partly(sheet_id=pk, **said, actor=self.actor, at=self.at)
        else:
            row = commands.accept(sheet_id=pk, **said, actor=self.actor, at=self.at)
        return Response(_shown(row), status=201)


class TaskSheetRejectionView(NounView):
    noun = "task_sheet"
    verbs = {"POST": "accept"}

    @extend_schema(
        operation_id="task_sheets_reject",
        request=RejectionAsked,
        responses={201: TaskSheetShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(RejectionAsked)
        row = commands.reject(sheet_id=pk, **said, actor=self.actor, at=self.at)
        return Response(_shown(row), status=201)


class TaskSheetSignatureView(NounView):
    """The other side signs what it has read."""

    noun = "task_sheet"
    verbs = {"POST": "sign"}

    @extend_schema(
        operation_id="task_sheets_sign", request=SignatureAsked, responses={201: SignatureShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(SignatureAsked)
        row = commands.sign(sheet_id=pk, **said, actor=self.actor, at=self.at)
        return Response(SignatureShown(row).data, status=201)


class PictureParser(BaseParser):
    """A picture as the body; type and size are looked at before a byte of it is read."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        told = parser_context["request"].META if parser_context else {}
        photos.check_told((media_type or "").split(";")[0].strip(), told.get("CONTENT_LENGTH", ""))
        return Picture.read(stream.read(photos.SIZE_MAX + 1))


class TaskSheetPhotosView(OfSheetView):
    """Pictures of the work: JPEG, PNG or WebP up to 8 MB, kept under their SHA-256."""

    verbs = {"GET": "read", "POST": "attach"}
    parser_classes = [PictureParser]

    @extend_schema(operation_id="task_sheet_photos_read", responses=PhotoList)
    def get(self, request: Request, pk: int) -> Response:
        rows = self.sheet(pk).photos.order_by("pk")
        return Response({"items": PhotoShown(rows, many=True).data})

    @extend_schema(
        operation_id="task_sheet_photos_attach",
        request=dict.fromkeys(photos.TYPES, OpenApiTypes.BINARY),
        responses={201: PhotoShown},
        parameters=[OpenApiParameter("caption", OpenApiTypes.STR)],
    )
    def post(self, request: Request, pk: int) -> Response:
        picture: Any = request.data
        if not isinstance(picture, Picture):  # an empty body is not parsed at all
            raise errors.PhotoRefused
        row = commands.attach(
            sheet_id=pk,
            picture=picture,
            caption=request.query_params.get("caption", "")[:200],
            actor=self.actor,
            at=self.at,
        )
        return Response(PhotoShown(row).data, status=201)


class PhotoView(NounView):
    """The bytes of a picture, as a file to keep: never shown in the page that asked."""

    noun = "photo"
    verbs = {"GET": "read"}

    @extend_schema(
        operation_id="photos_read",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        row = Photo.objects.filter(policy.whose(self.actor, "photo", "read"), pk=pk).first()
        if row is None:
            raise NotFound(noun=self.noun)
        return photo_file(row.digest)


def photo_file(digest: str) -> HttpResponse:
    """A download without a type that a browser would act on."""
    picture = Picture.read(photos.load(digest))
    suffix = picture.media_type.partition("/")[2]
    return HttpResponse(
        picture.content,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{digest[:16]}.{suffix}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
