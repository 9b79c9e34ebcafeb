"""Notes: each has a text and lies in DynamoDB under the name of who wrote it."""

import os
import time
import uuid

import boto3
from botocore.config import Config
from flask import Flask, jsonify, request

from tracing import Tracing

LONGEST = 4000


def make_application(table):
    application = Flask('notes')

    @application.get('/readyz')
    def ready():
        # Does not ask the table: where that is slow, other tasks are no quicker.
        return 'ready'

    @application.get('/notes/<author>')
    def notes(author):
        found = table.query(
            KeyConditionExpression='author = :author',
            ExpressionAttributeValues={':author': author},
            ScanIndexForward=False,
            Limit=50,
        )
        return jsonify([{'id': note['id'], 'text': note['text']} for note in found['Items']])

    @application.post('/notes/<author>')
    def add(author):
        text = (request.get_json(silent=True) or {}).get('text')
        if not isinstance(text, str) or not 0 < len(text) <= LONGEST:
            return jsonify(error=f'text must be a string of 1 to {LONGEST} characters'), 400
        # Sorts by time, and never twice the same.
        note = {'author': author, 'id': f'{time.time_ns():020d}-{uuid.uuid4().hex[:8]}', 'text': text}
        table.put_item(Item=note)
        return jsonify(id=note['id'], text=text), 201

    @application.delete('/notes/<author>/<note>')
    def remove(author, note):
        table.delete_item(Key={'author': author, 'id': note})
        return '', 204

    application.wsgi_app = Tracing(application.wsgi_app, os.environ.get('TRACES_URL', ''))
    return application


def connect():
    # A table that does not answer must not hold a thread for a minute.
    limits = Config(connect_timeout=2, read_timeout=3, retries={'total_max_attempts': 3, 'mode': 'standard'})
    resource = boto3.resource('dynamodb', region_name=os.environ['AWS_REGION'], config=limits)
    return resource.Table(os.environ['NOTES_TABLE'])


application = make_application(connect())
