"""Tokens of the API: `POST /api/v1/codes`, `POST /api/v1/tokens`, `DELETE /api/v1/tokens/current`."""

from __future__ import annotations

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access.authentication import new_token
from jianzhu.access.models import Token, User
from jianzhu.web.accounts import commands, errors
from jianzhu.web.accounts.senders import sender
from jianzhu.web.views import NounView


class CodeAsked(serializers.Serializer[object]):
    phone = serializers.RegexField(r"^\+?[0-9]{6,19}$")


class TokenAsked(serializers.Serializer[object]):
    """Phone and code for a worker; name and password for staff."""

    phone = serializers.RegexField(r"^\+?[0-9]{6,19}$", required=False)
    code = serializers.RegexField(r"^[0-9]{6}$", required=False)
    username = serializers.CharField(max_length=64, required=False)
    password = serializers.CharField(max_length=256, required=False)


class TokenGiven(serializers.Serializer[object]):
    token = serializers.CharField()


class CodesView(NounView):
    """Ask for a one-time code. The answer is the same whether or not the number is known."""

    public = True
    authentication_classes = ()

    @extend_schema(request=CodeAsked, responses={202: None})
    def post(self, request: Request) -> Response:
        phone = self.taken(CodeAsked)["phone"]
        code = commands.request_code(phone=phone, purpose="sign_in", at=self.at)
        if code is not None:
            sender()(phone, code)
        return Response(status=202)


class TokensView(NounView):
    """Sign in: a bearer token for thirty days."""

    public = True
    authentication_classes = ()

    @extend_schema(request=TokenAsked, responses={201: TokenGiven})
    def post(self, request: Request) -> Response:
        said = self.taken(TokenAsked)
        if "phone" in said:
            user = commands.sign_in_worker(
                phone=said["phone"], code=said.get("code", ""), purpose="sign_in", at=self.at
            )
        else:
            found = authenticate(
                request, username=said.get("username"), password=said.get("password")
            )
            if not isinstance(found, User):
                raise errors.WrongCode
            user = found
        return Response({"token": new_token(user, self.at)}, status=201)


class CurrentTokenView(NounView):
    """Sign out."""

    noun = "token"
    verbs = {"DELETE": "end"}

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        if isinstance(request.auth, Token):
            commands.end_token(token_id=request.auth.pk, actor=self.actor, at=self.at)
        return Response(status=204)
